using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Qdrant's <c>shard_key</c>, which names our namespace: a string, a number, or a list of exactly
/// one.</summary>
internal static class NamespaceReader
{
    public const string Member = "shard_key";

    public static string Read(JsonInput body) => body.Find(Member) is { } key ? ReadKey(key) : "";

    private static string ReadKey(JsonInput key) => key.Kind switch
    {
        JsonValueKind.String => key.AsString(),
        JsonValueKind.Number => key.Element.TryGetUInt64(out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw key.WrongType("a string or an unsigned number"),
        JsonValueKind.Array when key.Count() == 1 => ReadKey(key.Items().First()),
        JsonValueKind.Array => throw key.Unsupported("A request is about one namespace: give exactly one shard key."),
        JsonValueKind.Object => throw key.Unsupported("A shard key with a fallback is not supported."),
        _ => throw key.WrongType("a string or an unsigned number"),
    };
}
