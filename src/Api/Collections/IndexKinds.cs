using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Qdrant's names of the kinds of payload index.</summary>
internal static class IndexKinds
{
    public static string Of(PayloadIndexKind kind) => kind switch
    {
        PayloadIndexKind.Keyword => "keyword",
        PayloadIndexKind.Integer => "integer",
        PayloadIndexKind.Float => "float",
        PayloadIndexKind.Bool => "bool",
        PayloadIndexKind.Datetime => "datetime",
        PayloadIndexKind.Uuid => "uuid",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };

    /// <summary>A name, or an object with it in <c>type</c>; what else such an object says tunes speed and is
    /// ignored.</summary>
    public static PayloadIndexKind Read(JsonInput schema)
    {
        var name = schema.Kind == JsonValueKind.Object ? schema.Require("type") : schema;
        return name.AsString() switch
        {
            "keyword" => PayloadIndexKind.Keyword,
            "integer" => PayloadIndexKind.Integer,
            "float" => PayloadIndexKind.Float,
            "bool" => PayloadIndexKind.Bool,
            "datetime" => PayloadIndexKind.Datetime,
            "uuid" => PayloadIndexKind.Uuid,
            "text" or "geo" => throw name.Unsupported($"Payload indexes of kind {name.AsString()} are not supported."),
            var other => throw name.Error(
                ErrorCodes.InvalidRequest,
                $"'{other}' is no kind of payload index; it is keyword, integer, float, bool, datetime or uuid."),
        };
    }
}
