using System.Buffers.Binary;
using System.Text;

namespace VectorCluster.Engine.Wal;

/// <summary>Reads what <see cref="WalCodec"/> wrote, front to back. Records are checksummed by the store, so they are
/// whole.</summary>
internal ref struct WalReader
{
    private ReadOnlySpan<byte> _rest;

    /// <exception cref="NotSupportedException">The record comes from a newer version.</exception>
    public WalReader(ReadOnlySpan<byte> record)
    {
        _rest = record;
        var version = ReadByte();
        if (version != WalCodec.Version)
            throw new NotSupportedException($"Log records of version {version} need a newer program.");
        Operation = (WalOperation)ReadByte();
        Count = ReadInt32();
    }

    public WalOperation Operation { get; }

    /// <summary>Points or ids in the record.</summary>
    public int Count { get; }

    public PointId ReadId()
    {
        var kind = (PointIdKind)ReadByte();
        if (kind == PointIdKind.Text) return PointId.FromText(ReadText());
        var bits = BinaryPrimitives.ReadUInt128LittleEndian(Take(16));
        return kind == PointIdKind.Uuid ? PointId.FromUuidBits(bits) : PointId.FromNumber((ulong)bits);
    }

    public PayloadChange ReadPayloadChange()
    {
        switch ((WalPayloadChange)ReadByte())
        {
            case WalPayloadChange.Set:
                var values = Payload.FromTrustedUtf8(ReadBytes().ToArray());
                var key = ReadText();
                return new SetPayload(values, key.Length == 0 ? null : PayloadPath.Parse(key));
            case WalPayloadChange.Overwrite:
                return new OverwritePayload(Payload.FromTrustedUtf8(ReadBytes().ToArray()));
            case WalPayloadChange.DeleteKeys:
                var keys = new PayloadPath[ReadInt32()];
                for (var i = 0; i < keys.Length; i++) keys[i] = PayloadPath.Parse(ReadText());
                return new DeletePayloadKeys(keys);
            default:
                return new ClearPayload();
        }
    }

    /// <summary>Length-prefixed bytes, in place.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadInt32());

    public byte ReadByte() => Take(1)[0];

    /// <summary>So many bytes, in place.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    private string ReadText() => Encoding.UTF8.GetString(ReadBytes());
}
