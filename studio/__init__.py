"""From scenes to a talk: the ``flowreel`` command, its workers, the talk kit and the gallery.

To follow a command from ``cli``: ``clips`` are found, an ``order`` says how one is to look, and
``render`` has it made. The ``desk`` has a ``ledger`` of who renders which plays; a ``task`` goes to
the ``crew`` of processes here (``worker``, in which ``shoot`` runs the scene) or to the ``farm``.
``files`` keeps everything whole, ``manifest`` knows what is there and from which ``sources``.

Around the film: ``pack`` fills a ``kit`` (``encode``, ``calm``, ``gif``, ``captions``, ``voice``,
``snippets``), ``slides``, ``deck``, ``gallery``. Around the command: ``options``, ``progress``,
``extras``, ``doctor``.
"""
