namespace VectorCluster.Cli;

/// <summary>Opens a file of points by what its name ends in.</summary>
internal static class PointSource
{
    /// <exception cref="UsageException">The name tells no format, or an option does not go with it.</exception>
    public static IPointSource Open(string path, string? namesPath, string nameField, string? idField)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        if (namesPath is not null && !File.Exists(namesPath))
            throw new UsageException($"There is no file '{namesPath}'.");
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".fvecs" or ".npy":
                return idField is null
                    ? VectorFileSource.Open(path, namesPath, nameField)
                    : throw new UsageException(
                        "--id-field is for .jsonl: ids of .fvecs and .npy are the rows' numbers.");
            case ".jsonl" or ".ndjson":
                return namesPath is null
                    ? JsonLinesSource.Open(path, idField ?? "id")
                    : throw new UsageException(
                        "--names is for .fvecs and .npy: JSON lines have payloads of their own.");
            default:
                throw new UsageException($"'{path}' is none of .fvecs, .npy, .jsonl (or .ndjson).");
        }
    }
}
