#!/usr/bin/env python3
"""Turns data/mig-profiles.json into model_table.cc, the definition of gpu_models() (see model.h).

The build runs it, so that the program needs no JSON parser and no file at run time. Everything the
table does not state stays unknown; anything this script does not understand stops the build with a
sentence that names the GPU model, the profile and the field.
"""

import json
import re
import sys

SCHEMA_VERSION = 1
VARIANTS = {
    "": "plain",
    "+me": "media",
    "+me.all": "all_media",
    "-me": "no_media",
    "+gfx": "graphics",
}
# The field of Engines for each key of the JSON; "sm" stands apart, as the device's multiprocessors.
ENGINES = {
    "ce": "copy",
    "dec": "decoder",
    "enc": "encoder",
    "jpeg": "jpeg",
    "ofa": "optical_flow",
}
PROFILE_NAME = re.compile(r"([1-9][0-9]?)g\.(0|[1-9][0-9]{0,3})gb([+-][a-z.]+)?")


class DataError(Exception):
    """The JSON says something this script does not understand."""


def require(condition, where, problem):
    if not condition:
        raise DataError(f"{where}: {problem}")


def field(record, key, where):
    require(isinstance(record, dict) and key in record, where, f'"{key}" is missing')
    return record[key]


def listed(record, key, where):
    """A list of the JSON; null, which stands for "no source states it", is an empty one."""
    value = field(record, key, where)
    require(value is None or isinstance(value, list), where, f'"{key}" must be a list')
    return value or []


def number(record, key, where):
    value = field(record, key, where)
    known = isinstance(value, int) and not isinstance(value, bool)
    require(known and value >= 0, where, f'"{key}" must be a whole number, not {value!r}')
    return value


def number_or_none(record, key, where):
    return None if field(record, key, where) is None else number(record, key, where)


def text(record, key, where):
    value = field(record, key, where)
    plain = isinstance(value, str) and value.isascii() and value.isprintable()
    require(plain and not set(value) & set('"\\'), where, f'"{key}" must be plain text')
    return f'"{value}"'


def split_name(name, where):
    match = PROFILE_NAME.fullmatch(name)
    require(match, where, f"{name!r} is not a profile name")
    compute, memory, variant = match.groups()
    require((variant or "") in VARIANTS, where, f"{variant!r} is not a known variant")
    return int(compute), int(memory), variant or ""


def profile_literal(name, where):
    compute, memory, variant = split_name(name, where)
    return f"{{{compute}, {memory}, ProfileVariant::{VARIANTS[variant]}}}"


def optional_literal(value):
    return "std::nullopt" if value is None else str(value)


def engine_literals(engines, where):
    """The multiprocessors and the Engines of a device; unknown where `engines` is null."""
    engines = dict.fromkeys(["sm", *ENGINES]) if engines is None else engines
    unknown_keys = set(engines) - {"sm", *ENGINES}
    require(not unknown_keys, where, f"unknown engines {sorted(unknown_keys)}")
    counts = [
        f".{name} = {optional_literal(number_or_none(engines, key, where))}"
        for key, name in ENGINES.items()
    ]
    return optional_literal(number_or_none(engines, "sm", where)), "{" + ", ".join(counts) + "}"


def memory_literal(profile, where):
    observed = listed(profile, "memoryMiBObserved", where)
    newest = number_or_none(profile, "memoryMiB", where)
    if newest is None and not observed:
        return "std::nullopt"
    for value in observed:
        number({"memoryMiBObserved": value}, "memoryMiBObserved", where)
    require(newest in observed, where, '"memoryMiB" must be one of "memoryMiBObserved"')
    return f"MemoryRange{{{min(observed)}, {max(observed)}}}"


def device_literal(profile, variant, where):
    multiprocessors, engines = engine_literals(field(profile, "engines", where), where)
    return f"""{{
             .compute_slices = {number(profile, "computeSlices", where)},
             .memory_slices = {number_or_none(profile, "memorySlices", where) or 0},
             .memory = {memory_literal(profile, where)},
             .multiprocessors = {multiprocessors},
             .engines = {engines},
             .graphics = {"true" if variant == "+gfx" else "false"},
             .takes_media_engines = {"true" if variant.startswith("+me") else "false"},
         }}"""


def check_profile(profile, gpu, where):
    """What must agree inside one profile, so that a slip in the data cannot pass unseen."""
    name = field(profile, "name", where)
    compute, _, variant = split_name(name, where)
    require(compute == number(profile, "computeSlices", where), where, "name and slices differ")
    attributes = [variant] if variant else []
    require(field(profile, "attributes", where) == attributes, where, "name and attributes differ")
    resource = "nvidia.com/mig-" + name.replace("+", ".")
    require(field(profile, "resource", where) == resource, where, f"resource is not {resource}")
    check_placements(profile, gpu, where)


def check_placements(profile, gpu, where):
    placements = listed(profile, "placements", where)
    starts = [number(placement, "start", where) for placement in placements]
    require(starts == sorted(set(starts)), where, "placements must be ordered by start")
    for start, placement in zip(starts, placements):
        size = number(placement, "size", where)
        own_size = number(profile, "memorySlices", where)
        require(size == own_size, where, "a placement's size is not the profile's memory slices")
        end_of_gpu = number(gpu, "memorySlices", where)
        require(start + size <= end_of_gpu, where, "a placement leaves the GPU")


def array(element_type, name, elements):
    """An array definition and the span that names it; C++ has no empty arrays."""
    if not elements:
        return "", "{}"
    return f"constexpr {element_type} {name}[] = {{{','.join(elements)}}};\n", name


def profile_entry(profile, gpu, prefix, where):
    check_profile(profile, gpu, where)
    name = profile["name"]
    placements = [f"{{{p['start']}, {p['size']}}}" for p in listed(profile, "placements", where)]
    aliases = [alias for alias, known in gpu["nameAliases"].items() if known == name]
    alias_array, alias_span = array(
        "Profile", f"{prefix}Aliases", [profile_literal(alias, where) for alias in aliases])
    place_array, place_span = array("Placement", f"{prefix}Placements", placements)
    entry = f"""
        {{.profile = {profile_literal(name, where)},
         .aliases = {alias_span},
         .id = {optional_literal(number_or_none(profile, "profileId", where))},
         .most = {number(profile, "maxCount", where)},
         .placements = {place_span},
         .device = {device_literal(profile, split_name(name, where)[2], where)}}}"""
    return alias_array + place_array, entry


def slices(profile, where):
    memory_slices = number_or_none(profile, "memorySlices", where)
    return number(profile, "computeSlices", where), memory_slices or 0


def check_names(gpu, where):
    profiles = listed(gpu, "profiles", where)
    names = [field(profile, "name", where) for profile in profiles]
    aliases = field(gpu, "nameAliases", where)
    require(len(set(names)) == len(names), where, "two profiles have the same name")
    require(not set(aliases) & set(names), where, "an alias is also a profile's name")
    require(set(aliases.values()) <= set(names), where, "an alias of a profile that is not there")
    sizes = [slices(profile, where) for profile in profiles]
    require(sizes == sorted(sizes), where, "profiles must be ordered, smallest device first")


def model_entry(gpu, index):
    where = gpu["model"]
    check_names(gpu, where)
    definitions, profiles = "", []
    for position, profile in enumerate(listed(gpu, "profiles", where)):
        arrays, entry = profile_entry(
            profile, gpu, f"kModel{index}Profile{position}", f"{where} {profile['name']}")
        definitions += arrays
        profiles.append(entry)
    profile_array, profile_span = array("ModelProfile", f"kModel{index}Profiles", profiles)
    labels = [text({"label": label}, "label", where) for label in gpu["productLabels"]]
    label_array, label_span = array("std::string_view", f"kModel{index}Labels", labels)
    multiprocessors, engines = engine_literals(field(gpu, "engineTotals", where), where)
    entry = f"""
    {{.name = {text(gpu, "model", where)},
     .architecture = {text(gpu, "architecture", where)},
     .product_labels = {label_span},
     .compute_slices = {number(gpu, "computeSlices", where)},
     .memory_slices = {number_or_none(gpu, "memorySlices", where) or 0},
     .memory_gib = {number_or_none(gpu, "memoryGiB", where) or 0},
     .multiprocessors = {multiprocessors},
     .engines = {engines},
     .profiles = {profile_span}}}"""
    return f"\n// {where}\n" + definitions + profile_array + label_array, entry


def check_models(gpus):
    models = [field(gpu, "model", "gpus") for gpu in gpus]
    require(len(set(models)) == len(models), "gpus", "two models have the same name")
    labels = [label for gpu in gpus for label in listed(gpu, "productLabels", gpu["model"])]
    require(len(set(labels)) == len(labels), "gpus", "two models have the same product label")


def generate(data):
    version = field(data, "schemaVersion", "table")
    require(version == SCHEMA_VERSION, "table", f"unknown schemaVersion {version!r}")
    gpus = listed(data, "gpus", "table")
    check_models(gpus)
    parts = [model_entry(gpu, index) for index, gpu in enumerate(gpus)]
    definitions = "".join(definition for definition, _ in parts)
    entries = ",".join(entry for _, entry in parts)
    return f"""// Generated by generate_model_table.py from data/mig-profiles.json; do not edit.
#include "mig/model.h"

namespace migadapter::mig {{
namespace {{
{definitions}
constexpr GpuModel kModels[] = {{{entries}}};

}}  // namespace

std::span<const GpuModel> gpu_models() {{ return kModels; }}

}}  // namespace migadapter::mig
"""


def main(arguments):
    if len(arguments) != 3:
        sys.exit("usage: generate_model_table.py mig-profiles.json model_table.cc")
    _, source, target = arguments
    try:
        with open(source, encoding="utf-8") as stream:
            generated = generate(json.load(stream))
    except (DataError, ValueError, OSError) as problem:
        sys.exit(f"{source}: {problem}")
    with open(target, "w", encoding="utf-8") as stream:
        stream.write(generated)


if __name__ == "__main__":
    main(sys.argv)
