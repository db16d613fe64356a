using System.Text.Json;

namespace VectorCluster.Cli;

/// <summary>Reads one point from its JSON object. Members it does not know are refused, so that nothing gets lost
/// unseen.</summary>
internal sealed class PointLine(string path, string idField)
{
    public Point Read(JsonElement line, long row)
    {
        if (line.ValueKind != JsonValueKind.Object) throw Bad(row, $"a JSON object is expected, not {line.ValueKind}.");
        PointId? id = null;
        var vectors = VectorSet.Empty;
        var payload = Payload.Empty;
        foreach (var member in line.EnumerateObject())
        {
            if (member.NameEquals(idField)) id = ReadId(member.Value, row);
            else if (member.NameEquals("vector")) vectors = ReadVectors(member.Value, row);
            else if (member.NameEquals("payload")) payload = ReadPayload(member.Value, row);
            else throw Bad(
                row, $"unknown member \"{member.Name}\": there are \"{idField}\", \"vector\" and \"payload\".");
        }

        return id is { } found ? new(found, vectors, payload) : throw Bad(row, $"\"{idField}\" is missing.");
    }

    private PointId ReadId(JsonElement value, long row)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number)) return number;
        if (value.ValueKind == JsonValueKind.String && TryGetText(value) is { } text
            && PointId.TryFromText(text, out var id))
            return id;
        throw Bad(
            row,
            $"\"{idField}\" is {value.GetRawText()}; an id is a whole number from 0, a UUID, or a string of 1 to "
            + $"{PointId.MaxTextBytes} bytes.");
    }

    private VectorSet ReadVectors(JsonElement value, long row) => value.ValueKind switch
    {
        JsonValueKind.Array => VectorSet.Single(ReadVector(value, row)),
        JsonValueKind.Object => new(
            [.. value.EnumerateObject().Select(item => KeyValuePair.Create(item.Name, ReadVector(item.Value, row)))]),
        _ => throw Bad(row, "\"vector\" is neither an array of numbers nor an object of such arrays by name."),
    };

    private ReadOnlyMemory<float> ReadVector(JsonElement value, long row)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Bad(row, "a vector is not an array of numbers.");
        var vector = new float[value.GetArrayLength()];
        var i = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetSingle(out vector[i]))
                throw Bad(row, $"element {i} of a vector is {element.GetRawText()}, not a number.");
            i++;
        }

        VectorCheck.Elements(vector, path, row);
        return vector;
    }

    private Payload ReadPayload(JsonElement value, long row)
    {
        if (value.ValueKind == JsonValueKind.Null) return Payload.Empty;
        try
        {
            return Payload.FromElement(value);
        }
        catch (InvalidRequestException exception)
        {
            throw Bad(row, exception.Message);
        }
    }

    private static string? TryGetText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }

    private BadRowException Bad(long row, string what) => new(path, row, what);
}
