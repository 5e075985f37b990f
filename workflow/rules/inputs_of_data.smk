# What data sets are read from, and what decides how: functions of wildcards.

MODEL_INPUT = ["points", "labels", "offsets", "metadata", "object_id"]

RECORDS = ["download", "fetched"]  # inputs that say what was fetched


def own_or_fetched(wildcards):
    """The user's files that a data set is read from, or the record of their download."""
    download = download_of(config, wildcards.dataset)
    if download is None:
        return files_of(config, wildcards.dataset)
    return {"download": f"<results>/downloads/{download}.csv"}


def reader_files(wildcards):
    """What a data set is read from, and the map of its labels."""
    files = own_or_fetched(wildcards)
    options = config["datasets"][wildcards.dataset]
    if options["reader"] == "alerce":
        files.pop("light_curves", None)
        files["fetched"] = f"<results>/data/{wildcards.dataset}/alerce.csv"
    if isinstance(options[options["reader"]].get("class_map"), str):  # names a scheme
        files["taxonomy"] = TAXONOMY
    return files


def number_of_parts(dataset):
    """The number of jobs that share the files of a data set."""
    section = config["datasets"][dataset]
    return section.get(section["reader"], {}).get("parts", 1)


def one_of(names):
    """A pattern for a wildcard: one of these names, or nothing at all."""
    return "|".join(names) or "(?!)"


def parts_of(file):
    """One file of each part of a data set, as a function of its wildcards."""
    folder = "<results>/data/{dataset}/parts/{part}/"
    return lambda wildcards: expand(
        folder + file, dataset=wildcards.dataset, part=range(PARTS[wildcards.dataset])
    )


def reading(wildcards):
    """What decides how a data set is read: its reader, files, classes, passbands."""
    dataset = config["datasets"][wildcards.dataset]
    return {
        "reader": dataset["reader"],
        "options": dataset[dataset["reader"]],
        "files": files_of(config, wildcards.dataset),
        "classes": dataset["classes"],
        "passbands": config["passbands"][dataset["passbands"]],
    }


def data_dir_of_files(wildcards):
    """The folder that a data set's files are in; None where it is made without."""
    return config["data_dir"] if files_of(config, wildcards.dataset) else None


def contents_of_files(wildcards):
    """A hash of what is in the user's files that a data set is read from; None without.

    Snakemake itself sees neither a file that is replaced by one of the same date nor
    those of a folder. Of what is fetched the record answers, which is an input. Only the
    main process remembers parameters, so jobs need not look.
    """
    files = reader_files(wildcards)
    own = [path for name, path in files.items() if name not in RECORDS]
    if not own or not kept_hashes(wildcards) or not workflow.is_main_process:
        return None
    return contents(map(Path, own), Path(kept_hashes(wildcards)))


def kept_hashes(wildcards):
    """Where hashes of a data set's files are kept from run to run; None without any."""
    files = files_of(config, wildcards.dataset)
    return hashes_beside(wildcards.dataset, files) if files else None


def contents_of_labels(wildcards):
    """A hash of the table of a data set's labels."""
    labels = files_of(config, wildcards.dataset)["labels"]
    return contents_of_file(f"{wildcards.dataset}_labels", labels)


def contents_of_weights(wildcards):
    """A hash of published weights; None where they are fetched."""
    if download_of_weights(config, wildcards.source):
        return None
    file = weights_file(config, wildcards.source)
    return contents_of_file(wildcards.source, file)


def contents_of_file(name, path):
    """A hash of what is in one file."""
    if not workflow.is_main_process:
        return None
    return contents([Path(path)], Path(hashes_beside(name, path)))
