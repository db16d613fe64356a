namespace VectorCluster.Client.Http;

/// <summary>Qdrant's names of the kinds of payload index.</summary>
internal static class IndexKinds
{
    private static readonly Dictionary<string, PayloadIndexKind> Kinds = new(StringComparer.Ordinal)
    {
        ["keyword"] = PayloadIndexKind.Keyword,
        ["integer"] = PayloadIndexKind.Integer,
        ["float"] = PayloadIndexKind.Float,
        ["bool"] = PayloadIndexKind.Bool,
        ["datetime"] = PayloadIndexKind.Datetime,
        ["uuid"] = PayloadIndexKind.Uuid,
    };

    public static string Of(PayloadIndexKind kind) => Kinds.Single(pair => pair.Value == kind).Key;

    public static PayloadIndexKind Parse(string name) => Kinds.TryGetValue(name, out var kind)
        ? kind
        : throw new FormatException($"The server named an unknown kind of payload index, '{name}'.");
}
