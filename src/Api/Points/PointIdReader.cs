using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads point ids: an unsigned 64-bit number, a UUID, or (beyond Qdrant) any string of 1 to 512
/// bytes.</summary>
internal static class PointIdReader
{
    public static PointId Read(JsonInput input)
    {
        if (input.Kind == JsonValueKind.Number && input.Element.TryGetUInt64(out var number))
            return PointId.FromNumber(number);
        if (input.Kind == JsonValueKind.String && PointId.TryFromText(input.AsString(), out var id)) return id;
        throw input.Error(
            ErrorCodes.InvalidPointId,
            $"A point id is an unsigned 64-bit number, a UUID, or a string of 1 to {PointId.MaxTextBytes} bytes.");
    }

    /// <summary>From a path: digits are a number, as in Qdrant; so a string id of digits only is reached through a
    /// body.</summary>
    public static PointId ReadPath(string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return PointId.FromNumber(number);
        return PointId.TryFromText(text, out var id)
            ? id
            : throw new InvalidRequestException(ErrorCodes.InvalidPointId, $"'{text}' is no point id.");
    }
}
