import struct
import zlib


class Axes:
    def __init__(self):
        self.lines = []

    def plot(self, *values, **style):
        self.lines.append(values)
        return [values]


class Figure:
    def __init__(self, number, size=(640, 480)):
        self.number, self.size, self.axes = number, size, []

    def add_subplot(self, *position):
        self.axes.append(Axes())
        return self.axes[-1]

    def savefig(self, fname, *, format="png", bbox_inches=None, **options):
        if format != "png":
            raise ValueError(format)
        # A real PNG: one grey pixel for each line that was drawn, and one.
        width = 1 + sum(len(axes.lines) for axes in self.axes)
        fname.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(1 + width))), (b"IEND", b"")):
            fname.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))

    def __repr__(self):
        return "<Figure size {}x{} with {} Axes>".format(*self.size, len(self.axes))
