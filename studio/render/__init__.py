"""The render pipeline: from requests to films, on this machine and on others.

``pipeline`` has the films of several requests, ``film`` the steps of one; ``dispatcher`` gives
their tasks to the workers of an executor, which is a ``pool`` of processes here or Dask's workers
elsewhere (``remote``); ``schedule`` knows which plays are left and who steals which. In a
``worker``, ``execute`` runs the scene.
"""
