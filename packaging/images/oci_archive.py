# SPDX-License-Identifier: Apache-2.0
"""Writes an image as an oci-archive: a tar of the OCI image layout, with one layer. The same layer and settings give
the same bytes."""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import tempfile

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
BLOCK = 1 << 20


class _Hashing(io.RawIOBase):
    """Passes on what is written, and knows its SHA-256."""

    def __init__(self, below):
        self._below = below
        self._hash = hashlib.sha256()

    def writable(self):
        return True

    def write(self, data):
        self._hash.update(data)
        return self._below.write(data)

    def digest(self):
        return self._hash.hexdigest()


def _json(document):
    return (json.dumps(document, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _compress(tar, out):
    """(SHA-256 of the tar, SHA-256 of what was written). Neither a name nor a time goes into the header."""
    packed = _Hashing(out)
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=6, mtime=0) as zipped:
        plain = _Hashing(zipped)
        shutil.copyfileobj(tar, plain, BLOCK)
    return plain.digest(), packed.digest()


class _Archive:
    def __init__(self, out, time):
        self._tar = tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT)
        self._time = time
        for folder in ("blobs", "blobs/sha256"):
            self._add(folder, 0o755, tarfile.DIRTYPE)

    def _add(self, name, mode, kind=tarfile.REGTYPE, size=0, content=None):
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.size, entry.mtime = kind, mode, size, self._time
        self._tar.addfile(entry, content)

    def add(self, name, data):
        self._add(name, 0o644, size=len(data), content=io.BytesIO(data))

    def add_blob(self, media_type, digest, size, content):
        """Its descriptor."""
        self._add(f"blobs/sha256/{digest}", 0o644, size=size, content=content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size}

    def add_json_blob(self, media_type, document):
        data = _json(document)
        return self.add_blob(media_type, hashlib.sha256(data).hexdigest(), len(data), io.BytesIO(data))

    def close(self):
        self._tar.close()


def write(path, layer, settings, *, name, tag, created, time, annotations):
    """The SHA-256 of the manifest, by which the image is known.

    `layer` is a tar of the root; `settings` the "config" of the image's configuration; `created` a time in the form of
    RFC 3339 and `time` the same in seconds."""
    with open(path, "wb") as out, tempfile.TemporaryFile() as packed:
        with open(layer, "rb") as tar:
            plain_digest, packed_digest = _compress(tar, packed)
        size = packed.tell()
        packed.seek(0)
        archive = _Archive(out, time)
        layer_of = archive.add_blob(LAYER, packed_digest, size, packed)
        config = archive.add_json_blob(CONFIG, {
            "architecture": "amd64", "os": "linux", "created": created, "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{plain_digest}"]},
            "history": [{"created": created, "created_by": "packaging/images/build.py"}]})
        manifest = archive.add_json_blob(MANIFEST, {
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer_of],
            "annotations": annotations})
        # Skopeo and podman look for the first name, containerd and Docker for the second.
        names = {"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": f"{name}:{tag}"}
        archive.add("index.json", _json({"schemaVersion": 2, "mediaType": INDEX,
                                         "manifests": [{**manifest, "annotations": names,
                                                        "platform": {"architecture": "amd64", "os": "linux"}}]}))
        archive.add("oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        archive.close()
    return manifest["digest"].partition(":")[2]
