"""Reads a folder of definitions and checks what Feast lets pass and production does not."""

import os
import re
import sys
from pathlib import Path

from feast import FeatureService, FeatureView
from feast.constants import FEAST_FS_YAML_FILE_PATH_ENV_NAME
from feast.feature_view import DUMMY_ENTITY_NAME
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import RepoConfig, load_repo_config
from feast.repo_contents import RepoContents
from feast.repo_operations import parse_repo

from .errors import REFUSED, Stopped, one_line

NAME = re.compile(r"[a-z][a-z0-9_]*")
NAME_RULE = "a lower-case letter, then lower-case letters, digits and underscores"
TABLE = 63
"""Bytes that PostgreSQL keeps of a name (its documentation, "Identifiers"). Longer names could share a table."""
SETTINGS = "feature_store.yaml"


def read_settings(folder: Path) -> RepoConfig:
    """Read the settings of Feast: those that `FEAST_FS_YAML_FILE_PATH` names, which Feast reads too, or the folder's own.

    :raises Stopped: when there are none, or Feast does not take them.
    """
    file = Path(os.environ.get(FEAST_FS_YAML_FILE_PATH_ENV_NAME, folder / SETTINGS))
    if not file.is_file():
        raise Stopped(f"{file} must be the settings of Feast, got no file: name a folder with definitions", exit_code=REFUSED)
    try:
        return load_repo_config(folder, file)
    except Exception as error:
        raise Stopped(f"{file} must be settings that Feast takes: {one_line(error)}", exit_code=REFUSED) from None


def read_definitions(folder: Path, project: str) -> RepoContents:
    """Import every Python file of a folder and check the definitions in them.

    :param project: name of the project, which begins the name of every table.
    :raises Stopped: with one sentence for each definition that breaks a rule, or with what kept a file from being imported.
    """
    # Feast imports the files by their path from here.
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        contents = parse_repo(folder)
    except Exception as error:
        raise Stopped(f"{_place(error, folder)} must define features: {one_line(error)}", exit_code=REFUSED) from None
    problems = problems_of(contents, project)
    if problems:
        raise Stopped(*problems, exit_code=REFUSED)
    return contents


def problems_of(contents: RepoContents, project: str) -> list[str]:
    """What breaks a rule, a sentence each: which definition, which field, the rule and the value."""
    views = [*contents.feature_views, *contents.stream_feature_views]
    named: list[tuple[str, str]] = [
        *(("entity", entity.name) for entity in contents.entities if entity.name != DUMMY_ENTITY_NAME),
        *(("feature view", view.name) for view in views),
        *(("on-demand feature view", view.name) for view in contents.on_demand_feature_views),
        *(("feature service", service.name) for service in contents.feature_services),
        *((f"feature view '{view.name}': feature", field.name) for view in views for field in view.features),
    ]
    return [
        *(f"{kind} '{name}': the name must be {NAME_RULE}, got '{name}'" for kind, name in named if not NAME.fullmatch(name)),
        *(problem for view in views for problem in _view_problems(view, project)),
        *(problem for view in contents.on_demand_feature_views for problem in _on_demand_problems(view)),
        *(problem for service in contents.feature_services for problem in _service_problems(service)),
    ]


def _view_problems(view: FeatureView, project: str) -> list[str]:
    what = f"feature view '{view.name}'"
    problems = []
    if not view.entities or view.entities == [DUMMY_ENTITY_NAME]:
        problems.append(f"{what}: entities must name at least one entity, got none: without one, all rows are one row")
    if view.ttl is None or view.ttl.total_seconds() <= 0:
        problems.append(
            f"{what}: ttl must be longer than nothing, got '{view.ttl}': it says how old a value may be that is served"
        )
    source = view.batch_source
    if source is None or not source.timestamp_field:
        problems.append(f"{what}: its source must have a timestamp_field, got none")
    elif not source.created_timestamp_column:
        problems.append(
            f"{what}: its source must have a created_timestamp_column, got none: by it, rows that come late are found"
        )
    # Feast appends `_ek` for the index.
    table = f"{project}_{view.name}_ek"
    if len(table.encode()) > TABLE:
        most = TABLE - len(f"{project}__ek".encode())
        problems.append(f"{what}: the name must have at most {most} characters in project '{project}', got {len(view.name)}")
    return problems


def _on_demand_problems(view: OnDemandFeatureView) -> list[str]:
    if view.write_to_online_store:
        return [
            f"on-demand feature view '{view.name}': write_to_online_store must be False, got 'True':"
            " nothing keeps such values fresh"
        ]
    return []


def _service_problems(service: FeatureService) -> list[str]:
    if service.feature_view_projections:
        return []
    return [f"feature service '{service.name}': features must name at least one feature view, got none"]


def _place(error: BaseException, folder: Path) -> str:
    """File and line of the definition in which an import failed."""
    trace, place = error.__traceback__, str(folder)
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if folder in file.parents:
            place = f"{file.relative_to(folder)} line {trace.tb_lineno}"
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{Path(error.filename).name} line {error.lineno}"
    return place
