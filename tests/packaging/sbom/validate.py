# SPDX-License-Identifier: Apache-2.0
"""Says of each bill of materials what is wrong with it: validate.py FILE... Exit status 1 if something is."""

import logging
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def faults_of_cyclonedx(path):
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    return [str(error.data)] if error else []


def faults_of_spdx(path):
    try:
        document = parse_file(str(path))
    except SPDXParsingError as error:
        return error.get_messages()
    return [message.validation_message for message in validate_full_spdx_document(document, "SPDX-2.3")]


def main():
    logging.disable()
    bad = 0
    for path in map(pathlib.Path, sys.argv[1:]):
        for fault in (faults_of_cyclonedx if path.name.endswith(".cdx.json") else faults_of_spdx)(path):
            print(f"{path.name}: {fault[:400]}")
            bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
