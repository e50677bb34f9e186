"""``isogloss claims``: the claims on record, compared with results of runs, and new ones."""

from __future__ import annotations

from pathlib import Path

import click

NAME = "claims"


@click.command(NAME)
@click.argument("arguments", nargs=-1, metavar="[FOLDER]... | add FILE | remove ID")
@click.option("--list", "listed", is_flag=True, help="List the claims on record.")
@click.option("--yaml", "as_yaml", is_flag=True, help="With --list: every field, as YAML.")
@click.option("--json", "as_json", is_flag=True, help="With FOLDER: a list of records on standard output.")
def claims(arguments: tuple[str, ...], listed: bool, as_yaml: bool, as_json: bool) -> None:
    """Compare published claims with your results.

    FOLDER is the output folder of `isogloss run`; several are taken together. `claims add FILE` adds the
    claims of a YAML file, for the current folder (kept in isogloss-claims/); `claims remove ID` undoes it.
    """
    from isogloss.cli.output.claims import RECORDS, print_claims, print_joined
    from isogloss.cli.output.tables import print_json
    from isogloss.display import counted
    from isogloss.evidence.claims.records import add_claims, claims_on_record, remove_claim

    if arguments[:1] in (("add",), ("remove",)):
        if len(arguments) != 2 or listed or as_yaml or as_json:
            raise click.UsageError("isogloss claims add FILE, or: isogloss claims remove ID")
        if arguments[0] == "remove":
            click.echo(f"removed {arguments[1]} from {remove_claim(arguments[1], RECORDS)}")
            return
        added, target = add_claims(Path(arguments[1]), RECORDS)
        ids = ", ".join(record.id for record in added)
        click.echo(
            f"{counted(len(added), 'claim')} added: {ids}\nkept in {target}; undo: isogloss claims remove ID"
        )
        return
    if (listed or as_yaml) and arguments:
        raise click.UsageError("--list and --yaml list the claims on record: leave out the folder")
    if (as_yaml and not listed) or (as_json and not arguments):
        raise click.UsageError("--yaml goes with --list, --json with the output folder of a run")
    records = claims_on_record(RECORDS)
    if arguments:
        from isogloss.evidence.claims.replication import as_rows, join_runs
        from isogloss.study.outputs.sweeps import runs_of

        folders = [Path(argument) for argument in arguments]
        joined = join_runs(records, *runs_of(folders))
        if as_json:
            print_json(as_rows(joined))
        else:
            print_joined(joined)
    elif listed and as_yaml:
        import yaml

        rows = [record.model_dump(mode="json", exclude_defaults=True) for record in records]
        click.echo(yaml.safe_dump({"claims": rows}, sort_keys=False, allow_unicode=True, width=100), nl=False)
    elif listed:
        print_claims(records)
    else:
        raise click.UsageError("give --list, the output folder of a run, add FILE or remove ID")


COMMAND = claims
