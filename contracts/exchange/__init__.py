"""Contracts from and to files of rows: CSV and spreadsheets, row by row, each through the rules.

`columns` says what a row's cells are, `putting` what becomes of a row, `resource` is what the library asks,
`files` reads and writes them.
"""
