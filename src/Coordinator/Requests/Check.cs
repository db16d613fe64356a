using System.ComponentModel.DataAnnotations;
using System.Text;

namespace VectorCluster.Coordinator.Requests;

/// <summary>The checks that requests have in common. Each throws <see cref="InvalidRequestException"/> with the place
/// of the fault.</summary>
public static class Check
{
    /// <summary>Longest name of a collection, namespace or vector, in UTF-8 bytes.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Largest magnitude of a vector's element: squared, doubled and summed over 65,536 dimensions it stays
    /// within float32.</summary>
    public const float MaxMagnitude = 1e16f;

    public static InvalidRequestException Invalid(string code, string message, string path) =>
        new(code, message) { Path = path };

    public static void CollectionName(string name, string path = "$.collection_name")
    {
        Name(name, "A collection's name", path);
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal)
            || name.Contains('\\', StringComparison.Ordinal))
            throw Invalid(ErrorCodes.InvalidName, "A collection's name is not empty and has no slash.", path);
    }

    public static void Namespace(string name) => Name(name, "A namespace", "$.shard_key");

    public static void Name(string name, string what, string path)
    {
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            throw Invalid(ErrorCodes.InvalidName, $"{what} has at most {MaxNameBytes} UTF-8 bytes.", path);
        if (name.Any(c => char.IsControl(c) || c == '\uFFFD')
            || name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
            throw Invalid(ErrorCodes.InvalidName, $"{what} has no control characters and is valid Unicode.", path);
        if (name is "." or "..") throw Invalid(ErrorCodes.InvalidName, $"{what} can't be '{name}'.", path);
    }

    public static void InRange(long value, long min, long max, string what, string path)
    {
        if (value < min || value > max)
            throw Invalid(ErrorCodes.OutOfRange, $"{what} is {value}; it must be {min} to {max}.", path);
    }

    public static void Vector(ReadOnlySpan<float> vector, int dimension, string path)
    {
        if (vector.Length != dimension)
            throw Invalid(
                ErrorCodes.WrongDimension,
                $"Vector dimension error: expected dim: {dimension}, got {vector.Length}.",
                path);
        for (var i = 0; i < vector.Length; i++)
            if (!(MathF.Abs(vector[i]) <= MaxMagnitude))
                throw Invalid(
                    ErrorCodes.InvalidVector,
                    $"The element {vector[i]} is not a number between ±{MaxMagnitude:0e0}.",
                    $"{path}[{i}]");
    }

    public static void Timeout(TimeSpan? timeout)
    {
        if (timeout is { } given && (given <= TimeSpan.Zero || given > TimeSpan.FromHours(1)))
            throw Invalid(ErrorCodes.OutOfRange, "A timeout is more than 0 and at most an hour.", "$.timeout");
    }

    public static void Settings(CollectionSettings settings)
    {
        InRange(settings.Vectors.Count, 1, 32, "The number of vectors", "$.vectors");
        InRange(settings.ShardCount, 1, 256, "The number of shards", "$.shard_number");
        foreach (var (name, vector) in settings.Vectors)
        {
            var path = name.Length == 0 ? "$.vectors" : $"$.vectors['{name}']";
            Name(name, "A vector's name", path);
            InRange(vector.Dimension, 1, VectorSettings.MaxDimension, "The vector's size", path + ".size");
            if (!Enum.IsDefined(vector.Metric))
                throw Invalid(ErrorCodes.OutOfRange, $"Unknown distance {vector.Metric}.", path + ".distance");
            Options(vector.Hnsw, path + ".hnsw_config");
            Quantization(vector, path + ".quantization_config");
        }

        foreach (var (path, kind) in settings.PayloadIndexes) PayloadIndex(PayloadPath.Parse(path), kind);
    }

    public static void PayloadIndex(PayloadPath path, PayloadIndexKind kind)
    {
        if (!Enum.IsDefined(kind))
            throw Invalid(ErrorCodes.OutOfRange, $"Unknown kind of index {kind} for '{path}'.", "$.field_schema");
    }

    private static void Quantization(VectorSettings vector, string path)
    {
        if (!Enum.IsDefined(vector.Quantization))
            throw Invalid(ErrorCodes.OutOfRange, $"Unknown quantization {vector.Quantization}.", path);
        if (vector.Quantization is not (VectorQuantization.None or VectorQuantization.Auto)
            && vector.Metric == DistanceMetric.Manhattan)
            throw Invalid(ErrorCodes.Unsupported, "Codes tell nothing about Manhattan distances.", path);
        Oversampling(vector.Oversampling, path + ".oversampling");
    }

    internal static void Oversampling(double? given, string path)
    {
        if (given is { } value && !(value is >= 1 and <= VectorSettings.MaxOversampling))
            throw Invalid(
                ErrorCodes.OutOfRange,
                $"The oversampling is {value}; it must be 1 to {VectorSettings.MaxOversampling}.",
                path);
    }

    private static void Options(object options, string path)
    {
        var results = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new(options), results, validateAllProperties: true)) return;
        throw Invalid(ErrorCodes.OutOfRange, results[0].ErrorMessage ?? "Wrong options.", path);
    }
}
