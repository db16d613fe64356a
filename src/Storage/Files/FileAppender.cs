using System.Buffers;

namespace VectorCluster.Storage.Files;

/// <summary>Collects bytes for the end of a file, so that what fits the buffer is one write.</summary>
internal sealed class FileAppender(DurableFile file, long offset, int bufferBytes) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
    private long _written = offset;
    private int _pending;

    /// <summary>File offset of the next byte.</summary>
    public long Position => _written + _pending;

    /// <returns>Room for 1 to <paramref name="wanted"/> bytes; what is put there counts after
    /// <see cref="Advance"/>.</returns>
    public Span<byte> Room(int wanted)
    {
        if (_pending == _buffer.Length) Drain();
        return _buffer.AsSpan(_pending, Math.Min(wanted, _buffer.Length - _pending));
    }

    public void Advance(int count) => _pending += count;

    /// <param name="bytes">Any length.</param>
    /// <param name="mask">Is XORed to every 8 bytes, counted from the first of <paramref name="bytes"/>.</param>
    public void Append(ReadOnlySpan<byte> bytes, ulong mask = 0)
    {
        while (bytes.Length > 0)
        {
            var room = Room(bytes.Length);
            bytes[..room.Length].CopyTo(room);
            if (mask != 0) mask = ByteMask.Apply(room, mask);
            Advance(room.Length);
            bytes = bytes[room.Length..];
        }
    }

    public void Fill(byte value, int count)
    {
        for (; count > 0; count--)
        {
            Room(1)[0] = value;
            Advance(1);
        }
    }

    public void Drain()
    {
        if (_pending == 0) return;
        file.Write(_written, _buffer.AsSpan(0, _pending));
        _written += _pending;
        _pending = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
