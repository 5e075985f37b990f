"""Fetching of public data sets: resumable, checksummed, atomic, safely unpacked.

`downloads.fetch` is the front door; `record.own_files` tells if there is anything to
fetch. HTTP itself is left to requests and to the retries of urllib3. Snakemake's
storage plugins for HTTP and Zenodo begin a cut-off file again from its first byte
(that for HTTP checks neither status nor checksum, that for Zenodo wants an access
token), so the continuation of a file is our own.
"""
