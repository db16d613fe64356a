using System.Globalization;
using System.Text;

namespace VectorCluster;

/// <summary>Name of a point, unique in its namespace: an unsigned 64-bit number, a UUID, or a string.</summary>
/// <remarks>
/// Order: numbers by value, then UUIDs by their big-endian bytes, then strings by their UTF-8 bytes. Scrolling and the
/// merge of equal distances follow it. A string that reads as a UUID is that UUID, so the two never name different
/// points.
/// </remarks>
public readonly record struct PointId : IComparable<PointId>
{
    /// <summary>Longest string id, in UTF-8 bytes.</summary>
    public const int MaxTextBytes = 512;

    private readonly string? _text;

    private PointId(PointIdKind kind, UInt128 bits, string? text)
    {
        Kind = kind;
        Bits = bits;
        _text = text;
    }

    public PointIdKind Kind { get; }

    /// <summary>The number, or the UUID's bytes read big-endian; 0 for a string.</summary>
    public UInt128 Bits { get; }

    /// <summary>The string of a string id.</summary>
    /// <exception cref="InvalidOperationException">The id is a number or a UUID.</exception>
    public string Text => _text ?? throw new InvalidOperationException($"The id {this} is not a string.");

    public static PointId FromNumber(ulong number) => new(PointIdKind.Number, number, null);

    public static PointId FromUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return FromUuidBits(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    public static PointId FromUuidBits(UInt128 bits) => new(PointIdKind.Uuid, bits, null);

    /// <summary>A UUID if the text reads as one (with or without hyphens, or as a URN), else a string id.</summary>
    /// <exception cref="ArgumentException">Empty, longer than 512 UTF-8 bytes, or with an unpaired
    /// surrogate.</exception>
    public static PointId FromText(string text) =>
        TryFromText(text, out var id)
            ? id
            : throw new ArgumentException($"A string id has 1 to {MaxTextBytes} UTF-8 bytes.", nameof(text));

    /// <summary>As <see cref="FromText"/>; false where that throws.</summary>
    public static bool TryFromText(string text, out PointId id)
    {
        id = default;
        if (TryParseUuid(text, out var uuid))
        {
            id = FromUuid(uuid);
            return true;
        }

        if (text.Length is 0 or > MaxTextBytes || HasUnpairedSurrogate(text)
            || Encoding.UTF8.GetByteCount(text) > MaxTextBytes)
            return false;
        id = new(PointIdKind.Text, 0, text);
        return true;
    }

    public Guid ToUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new Guid(bytes, bigEndian: true);
    }

    public int CompareTo(PointId other)
    {
        if (Kind != other.Kind) return Kind.CompareTo(other.Kind);
        return Kind == PointIdKind.Text ? CompareUtf8(Text, other.Text) : Bits.CompareTo(other.Bits);
    }

    public static bool operator <(PointId left, PointId right) => left.CompareTo(right) < 0;

    public static bool operator >(PointId left, PointId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PointId left, PointId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PointId left, PointId right) => left.CompareTo(right) >= 0;

    public static implicit operator PointId(ulong number) => FromNumber(number);

    public static implicit operator PointId(Guid uuid) => FromUuid(uuid);

    public static implicit operator PointId(string text) => FromText(text);

    public override string ToString() => Kind switch
    {
        PointIdKind.Number => Bits.ToString(CultureInfo.InvariantCulture),
        PointIdKind.Uuid => ToUuid().ToString("D"),
        _ => Text,
    };

    private static bool TryParseUuid(string text, out Guid uuid)
    {
        uuid = default;
        return text.Length switch
        {
            32 => Guid.TryParseExact(text, "N", out uuid),
            36 => Guid.TryParseExact(text, "D", out uuid),
            45 => text.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase)
                && Guid.TryParseExact(text.AsSpan(9), "D", out uuid),
            _ => false,
        };
    }

    private static bool HasUnpairedSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }

    /// <summary>UTF-16 units compare as UTF-8 bytes do, but for surrogates: what they encode comes after all other
    /// text.</summary>
    private static int CompareUtf8(string a, string b)
    {
        var common = Math.Min(a.Length, b.Length);
        for (var i = 0; i < common; i++)
        {
            if (a[i] == b[i]) continue;
            var (left, right) = (a[i], b[i]);
            if (char.IsSurrogate(left) != char.IsSurrogate(right)) return char.IsSurrogate(left) ? 1 : -1;
            return left.CompareTo(right);
        }

        return a.Length.CompareTo(b.Length);
    }
}

/// <summary>What a point's id is. The values are stored; they never change.</summary>
public enum PointIdKind : byte
{
    Number = 0,
    Uuid = 1,
    Text = 2,
}
