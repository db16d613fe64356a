using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VectorCluster;

/// <summary>What a point carries besides its vectors: one JSON object, kept as compact UTF-8 text.</summary>
/// <remarks>
/// Invariants, so that readers of the stored bytes need no checks: an object, no white space between tokens, no name
/// twice in one object, every string valid Unicode, nested at most <see cref="MaxDepth"/> deep. Numbers keep the digits
/// they came with.
/// </remarks>
public sealed class Payload : IEquatable<Payload>
{
    /// <summary>Deepest nesting of objects and arrays; deeper JSON is refused.</summary>
    public const int MaxDepth = 64;

    /// <summary>Largest payload of one point, in bytes of its compact form: what one write may carry many of.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = MaxDepth,
    };

    private static readonly JsonDocumentOptions Strict =
        new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private Payload(ReadOnlyMemory<byte> utf8) => Utf8 = utf8;

    public static Payload Empty { get; } = new("{}"u8.ToArray());

    /// <summary>The compact JSON object.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    public bool IsEmpty => Utf8.Length == 2;

    /// <exception cref="InvalidRequestException">Not one JSON object, or it breaks an invariant of this
    /// class.</exception>
    public static Payload Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <exception cref="InvalidRequestException">Not one JSON object, or it breaks an invariant of this
    /// class.</exception>
    public static Payload Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span)) throw Invalid("The payload is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return FromElement(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw Invalid($"The payload is not valid JSON: {exception.Message}");
        }
    }

    /// <summary>Serializes an anonymous type, a dictionary or a JsonObject.</summary>
    /// <exception cref="InvalidRequestException">It does not serialize to a JSON object.</exception>
    public static Payload From(object value) => Parse(JsonSerializer.SerializeToUtf8Bytes(value));

    /// <summary>Copies one object of a document that was parsed with duplicate names refused.</summary>
    /// <exception cref="InvalidRequestException">Not an object, too large, or a string with an unpaired
    /// surrogate.</exception>
    public static Payload FromElement(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Invalid($"A payload is a JSON object, not {element.ValueKind}.");
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            try
            {
                element.WriteTo(writer);
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
            {
                throw Invalid("The payload has a string that is not valid Unicode.");
            }
        }

        if (buffer.WrittenCount > MaxBytes)
            throw Invalid($"The payload has {buffer.WrittenCount} bytes; at most {MaxBytes} are allowed.");
        return new(buffer.WrittenSpan.ToArray());
    }

    /// <summary>Wraps bytes that this class has written before, without looking at them again.</summary>
    public static Payload FromTrustedUtf8(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>Deserializes into a type of the caller's.</summary>
    /// <exception cref="JsonException">The payload does not fit <typeparamref name="T"/>.</exception>
    public T? As<T>() => JsonSerializer.Deserialize<T>(Utf8.Span);

    public bool Equals(Payload? other) => other is not null && Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override bool Equals(object? obj) => Equals(obj as Payload);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    private static InvalidRequestException Invalid(string message) => new(ErrorCodes.InvalidPayload, message);
}
