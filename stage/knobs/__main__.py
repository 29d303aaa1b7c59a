"""``python -m stage.knobs`` lists all knobs."""

from stage.knobs.table import KNOBS

if __name__ == "__main__":
    for name, knob in KNOBS.items():
        print(f"{name:9} {knob.form:26} {knob.meaning}")
