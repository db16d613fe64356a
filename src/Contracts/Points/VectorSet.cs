using System.Collections;

namespace VectorCluster;

/// <summary>The vectors of one point by name; most points have just one, named <see cref="DefaultName"/>.</summary>
public sealed class VectorSet : IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<float>>>
{
    /// <summary>Name of the only vector of a collection that names none.</summary>
    public const string DefaultName = "";

    private readonly KeyValuePair<string, ReadOnlyMemory<float>>[] _vectors;

    public VectorSet(params IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<float>>> vectors)
    {
        _vectors = [.. vectors];
        for (var i = 1; i < _vectors.Length; i++)
            for (var j = 0; j < i; j++)
                if (string.Equals(_vectors[i].Key, _vectors[j].Key, StringComparison.Ordinal))
                    throw new ArgumentException($"The vector name '{_vectors[i].Key}' appears twice.", nameof(vectors));
    }

    public static VectorSet Empty { get; } = new();

    public int Count => _vectors.Length;

    /// <summary>float32[dimension] of the named vector; false if the point has none of that name.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<float> vector)
    {
        foreach (var (key, value) in _vectors)
        {
            if (!string.Equals(key, name, StringComparison.Ordinal)) continue;
            vector = value;
            return true;
        }

        vector = default;
        return false;
    }

    public static VectorSet Single(ReadOnlyMemory<float> vector) =>
        new(new KeyValuePair<string, ReadOnlyMemory<float>>(DefaultName, vector));

    public static implicit operator VectorSet(float[] vector) => Single(vector);

    public static implicit operator VectorSet(ReadOnlyMemory<float> vector) => Single(vector);

    public IEnumerator<KeyValuePair<string, ReadOnlyMemory<float>>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, ReadOnlyMemory<float>>>)_vectors).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
