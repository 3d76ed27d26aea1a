"""The register of a department: its series, missing numbers, cases, months without data, spot checks."""
