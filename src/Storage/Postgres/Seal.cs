using System.Buffers.Binary;
using System.Security.Cryptography;
using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Postgres;

/// <summary>Puts bytes under a checksum, or encrypts them; and takes them out again. Layout: docs/formats/postgres.md,
/// "Sealed bytes".</summary>
/// <remarks>The place where they are stored is sealed with them, so that bytes that got to another row are noticed.
/// Thread-safe.</remarks>
/// <param name="keys">Null: new bytes are not encrypted.</param>
internal sealed class Seal(EncryptionKeys? keys)
{
    /// <summary>Bytes that sealing may add.</summary>
    public const int MaxOverhead = HeaderBytes + NonceBytes + TagBytes;

    private const byte Plain = 1;
    private const byte AesGcm256 = 2;
    private const int HeaderBytes = 1 + sizeof(uint); // the kind; CRC-32C, or the key's id
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly uint _currentId = keys?.CurrentId ?? 0;

    /// <summary>Bytes before the body.</summary>
    public int Prefix => _currentId == 0 ? HeaderBytes : HeaderBytes + NonceBytes;

    /// <summary>Bytes after the body.</summary>
    public int Suffix => _currentId == 0 ? 0 : TagBytes;

    /// <summary>The key that sealed bytes need; 0: none.</summary>
    public static uint KeyOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderBytes && bytes[0] == AesGcm256 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]) : 0;

    /// <summary>First bytes of what is sealed with a key.</summary>
    public static byte[] MarkOf(uint id)
    {
        var mark = new byte[HeaderBytes];
        mark[0] = AesGcm256;
        BinaryPrimitives.WriteUInt32LittleEndian(mark.AsSpan(1), id);
        return mark;
    }

    /// <summary>How many bytes stand before and after the body of sealed bytes that begin so.</summary>
    /// <param name="start">Their first byte, at least.</param>
    public static (int Prefix, int Suffix) ShapeOf(ReadOnlySpan<byte> start) =>
        start[0] == AesGcm256 ? (HeaderBytes + NonceBytes, TagBytes) : (HeaderBytes, 0);

    /// <summary>Seals in place.</summary>
    /// <param name="bytes">The body, with <see cref="Prefix"/> bytes before and <see cref="Suffix"/> after it.</param>
    public void Close(Span<byte> bytes, in SealedPlace place)
    {
        Span<byte> associated = stackalloc byte[SealedPlace.Bytes];
        place.Write(associated);
        if (_currentId == 0)
        {
            bytes[0] = Plain;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[1..], Checksum(associated, bytes[HeaderBytes..]));
            return;
        }

        bytes[0] = AesGcm256;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[1..], _currentId);
        var nonce = bytes.Slice(HeaderBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var body = bytes[Prefix..^Suffix];
        using var cipher = keys!.CreateCipher(_currentId);
        cipher.Encrypt(nonce, body, body, bytes[^TagBytes..], associated);
    }

    /// <summary>Takes out a body.</summary>
    /// <param name="destination">As long as the body: the length of <paramref name="bytes"/> without what
    /// <see cref="ShapeOf"/> says.</param>
    /// <returns>False: these are not the bytes that were sealed for this place.</returns>
    /// <exception cref="MissingKeyException">They need a key that was not given.</exception>
    public bool TryOpen(ReadOnlySpan<byte> bytes, in SealedPlace place, Span<byte> destination)
    {
        Span<byte> associated = stackalloc byte[SealedPlace.Bytes];
        place.Write(associated);
        if (bytes.Length < HeaderBytes) return false;
        if (bytes[0] == Plain)
        {
            bytes[HeaderBytes..].CopyTo(destination);
            return Checksum(associated, destination) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]);
        }

        if (bytes[0] != AesGcm256 || bytes.Length < MaxOverhead) return false;
        var id = BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]);
        if (keys is null || !keys.Ids.Contains(id))
            throw new MissingKeyException($"What is stored is encrypted with key {id}, which was not given.");
        try
        {
            using var cipher = keys.CreateCipher(id);
            var nonce = bytes.Slice(HeaderBytes, NonceBytes);
            var body = bytes[(HeaderBytes + NonceBytes)..^TagBytes];
            cipher.Decrypt(nonce, body, bytes[^TagBytes..], destination, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> body) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, associated), body));
}

/// <summary>Where sealed bytes are stored: a table and the numbers of a row.</summary>
internal readonly record struct SealedPlace(SealedTable Table, long ShardKey, long Key, long Version, int Start)
{
    public const int Bytes = 40;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)Table);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], ShardKey);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Key);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Start);
    }
}

internal enum SealedTable
{
    Wal = 1,
    Page = 2,
    Manifest = 3,
    KeyProof = 4,
}
