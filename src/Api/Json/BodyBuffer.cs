using System.Buffers;

namespace VectorCluster.Api;

/// <summary>The bytes of one body, in a pooled array that grows as they arrive, not as a header promises
/// them.</summary>
internal sealed class BodyBuffer(BodyBudget budget) : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    private byte[] _buffer = [];
    private int _length;
    private int _taken;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <exception cref="InvalidRequestException">More than <see cref="BodyBudget.MaxBodyBytes"/>.</exception>
    /// <exception cref="OverloadedException">The budget has no room.</exception>
    public async ValueTask ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var read = await body.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0) return;
            _length += read;
            if (_length > budget.MaxBodyBytes) throw RequestBody.TooLarge(budget.MaxBodyBytes);
        }
    }

    public void Dispose() => Replace([], 0);

    private void Grow()
    {
        var bytes = (int)Math.Min(Math.Max(FirstBytes, _buffer.Length * 2L), Array.MaxLength);
        budget.Take(bytes);
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        Replace(larger, bytes);
    }

    private void Replace(byte[] buffer, int taken)
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        budget.Return(_taken);
        (_buffer, _taken) = (buffer, taken);
    }
}
