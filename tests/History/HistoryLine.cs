using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorCluster.Tests.History;

/// <summary>A line of a history: the beginning of a write, its end under the same number, or a whole read.</summary>
internal sealed record HistoryLine
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Null: a read.</summary>
    public long? Number { get; init; }

    public required string Process { get; init; }

    /// <summary>Null: the end of a write.</summary>
    public string? Key { get; init; }

    public OperationKind? Kind { get; init; }

    public string? Value { get; init; }

    public long? Invoked { get; init; }

    /// <summary>Null: the beginning of a write.</summary>
    public long? Returned { get; init; }

    public OperationOutcome? Outcome { get; init; }
}
