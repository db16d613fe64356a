using System.Collections.Concurrent;

namespace VectorCluster.Api;

/// <summary>Names of collections as label values: the first hundred by name, all others together as "other".</summary>
/// <remarks>
/// Each distinct label value is a time series here and in the monitoring system. Only a request that succeeded claims a
/// place, so that requests for names that never existed can't use the places up.
/// </remarks>
internal sealed class CollectionLabels
{
    public const int MaxCollections = 100;

    public const string Other = "other";

    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    public string LabelOf(string? collection, bool isKnownToExist)
    {
        if (string.IsNullOrEmpty(collection)) return "";
        if (_names.ContainsKey(collection)) return collection;
        if (!isKnownToExist || _names.Count >= MaxCollections) return Other;
        _names.TryAdd(collection, 0);
        return collection;
    }
}
