using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads which points a write is about, and how much of a point comes back.</summary>
internal static class SelectorReader
{
    /// <summary>Most ids in one request; as many as a scroll returns.</summary>
    public const int MaxIds = ScrollRequest.MaxLimit;

    public static PointSelector ReadPoints(JsonInput body)
    {
        var ids = body.Find("points");
        var filter = body.Find("filter");
        // Qdrant takes the ids and forgets the filter where both are given; for a deletion that is too dangerous a
        // guess.
        if (ids is not null && filter is not null)
            throw filter.Value.Error(ErrorCodes.InvalidRequest, "Give either `points` or `filter`, not both.");
        if (filter is { } given) return PointSelector.ByFilter(FilterReader.Read(given));
        return PointSelector.ByIds(body.Require("points").ReadItems(PointIdReader.Read, MaxIds));
    }

    public static PayloadSelector ReadPayload(JsonInput body, PayloadSelector whenAbsent)
    {
        if (body.Find("with_payload") is not { } input) return whenAbsent;
        switch (input.Kind)
        {
            case JsonValueKind.True:
                return PayloadSelector.All;
            case JsonValueKind.False:
                return PayloadSelector.None;
            case JsonValueKind.Array:
                return PayloadSelector.Include(input.ReadItems(PathReader.Read));
            case JsonValueKind.Object:
                input.AllowOnly("include", "exclude");
                return (input.Find("include"), input.Find("exclude")) switch
                {
                    ({ } include, null) => PayloadSelector.Include(include.ReadItems(PathReader.Read)),
                    (null, { } exclude) => PayloadSelector.Exclude(exclude.ReadItems(PathReader.Read)),
                    _ => throw input.Error(ErrorCodes.InvalidRequest, "Give either `include` or `exclude`."),
                };
            default:
                throw input.WrongType("true, false, a list of paths, or an object with include or exclude");
        }
    }

    /// <summary>Qdrant spells it <c>with_vector</c> or <c>with_vectors</c>, depending on the client.</summary>
    public static VectorSelector ReadVectors(JsonInput body)
    {
        if ((body.Find("with_vector") ?? body.Find("with_vectors")) is not { } input) return VectorSelector.None;
        return input.Kind switch
        {
            JsonValueKind.True => VectorSelector.All,
            JsonValueKind.False => VectorSelector.None,
            JsonValueKind.String => new([input.AsString()]),
            JsonValueKind.Array => new(input.ReadItems(item => item.AsString())),
            _ => throw input.WrongType("true, false, or a list of vector names"),
        };
    }
}
