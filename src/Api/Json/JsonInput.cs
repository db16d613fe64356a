using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>A value of a request's body together with its place, so that every complaint about it can say where it
/// stands.</summary>
/// <remarks>The document behind it lives as long as the call; what is kept longer is copied by the readers.</remarks>
internal readonly struct JsonInput(JsonElement element, JsonPath path)
{
    public JsonElement Element => element;

    public JsonPath Path => path;

    public JsonValueKind Kind => element.ValueKind;

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    /// <summary>The member of that name; null where it is absent or null, which Qdrant's shapes treat alike.</summary>
    public JsonInput? Find(string name)
    {
        RequireObject();
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonInput(value, path.Member(name))
            : null;
    }

    public JsonInput Require(string name) => Find(name)
        ?? throw new InvalidRequestException(ErrorCodes.MissingField, $"The field `{name}` is missing.")
        {
            Path = path.Member(name).ToString(),
        };

    public void RequireObject()
    {
        if (element.ValueKind != JsonValueKind.Object) throw WrongType("an object");
    }

    /// <summary>Refuses members of other names: where a typo would silently change what a request means.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        RequireObject();
        foreach (var member in element.EnumerateObject())
        {
            if (names.Contains(member.Name)) continue;
            var allowed = string.Join("`, `", names.ToArray());
            throw new InvalidRequestException(
                ErrorCodes.UnknownField, $"The field `{member.Name}` is not known here; expected are `{allowed}`.")
            {
                Path = path.Member(member.Name).ToString(),
            };
        }
    }

    /// <summary>Refuses a member that would change what the request means, because we don't serve it.</summary>
    public void RefuseMember(string name)
    {
        if (Find(name) is { } found && !found.IsEmptyContainer) throw found.Unsupported($"`{name}` is not supported.");
    }

    public IEnumerable<JsonInput> Items()
    {
        RequireArray();
        return EnumerateItems(element, path);
    }

    public IEnumerable<KeyValuePair<string, JsonInput>> Members()
    {
        RequireObject();
        return EnumerateMembers(element, path);
    }

    public int Count()
    {
        RequireArray();
        return element.GetArrayLength();
    }

    /// <summary>Reads every item with <paramref name="read"/>, after refusing a list longer than
    /// <paramref name="limit"/>.</summary>
    public T[] ReadItems<T>(Func<JsonInput, T> read, int limit = int.MaxValue)
    {
        var count = Count();
        if (count > limit)
            throw Error(ErrorCodes.TooLarge, $"The list has {count} items; at most {limit} are allowed.");
        var result = new T[count];
        var index = 0;
        foreach (var item in EnumerateItems(element, path)) result[index++] = read(item);
        return result;
    }

    public string AsString() =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw WrongType("a string");

    public bool AsBool() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongType("true or false"),
    };

    public long AsInt64(long min, long max)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out var value))
            throw IsWholeNumber() ? OutOfRange(min, max) : WrongType("a whole number");
        return value >= min && value <= max ? value : throw OutOfRange(min, max);
    }

    public int AsInt32(int min, int max) => (int)AsInt64(min, max);

    /// <summary>A finite number; JSON can spell larger ones, and those are refused.</summary>
    public double AsDouble()
    {
        if (element.ValueKind != JsonValueKind.Number) throw WrongType("a number");
        return element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Error(ErrorCodes.OutOfRange, "The number is too large for a 64-bit float.");
    }

    public InvalidRequestException Error(string code, string message) => new(code, message) { Path = path.ToString() };

    public InvalidRequestException WrongType(string expected) =>
        Error(ErrorCodes.WrongType, $"Expected {expected}, found {Describe(element)}.");

    public InvalidRequestException Unsupported(string message) => Error(ErrorCodes.Unsupported, message);

    private bool IsEmptyContainer =>
        (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 0)
        || (element.ValueKind == JsonValueKind.Object && element.GetPropertyCount() == 0);

    private void RequireArray()
    {
        if (element.ValueKind != JsonValueKind.Array) throw WrongType("a list");
    }

    private InvalidRequestException OutOfRange(long min, long max) =>
        Error(ErrorCodes.OutOfRange, $"The number must be from {min} to {max}.");

    private bool IsWholeNumber() =>
        element.ValueKind == JsonValueKind.Number && !element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E');

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static IEnumerable<JsonInput> EnumerateItems(JsonElement array, JsonPath path)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray()) yield return new(item, path.Element(index++));
    }

    private static IEnumerable<KeyValuePair<string, JsonInput>> EnumerateMembers(JsonElement obj, JsonPath path)
    {
        foreach (var member in obj.EnumerateObject())
            yield return new(member.Name, new(member.Value, path.Member(member.Name)));
    }
}
