namespace VectorCluster.Cli;

/// <summary>Lines of a file as bytes, so that what is in them is decoded once, strictly, by whoever parses
/// them.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Longest line: a point with its payload (4 MiB) and its vectors fits many times.</summary>
    private const int MaxLineBytes = 64 * 1024 * 1024;

    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the last line was too long: reading stops there.</summary>
    public bool IsTooLong { get; private set; }

    /// <param name="line">Without its end; valid until the next call.</param>
    /// <returns>False at the end of the file, or if the line is too long.</returns>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = _buffer.AsMemory(_start, searched + found);
                _start += searched + found + 1;
                return true;
            }

            searched = _end - _start;
            if (TryFill()) continue;
            line = _buffer.AsMemory(_start, _end - _start);
            _start = _end;
            return !IsTooLong && line.Length > 0;
        }
    }

    private bool TryFill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            IsTooLong = _buffer.Length >= MaxLineBytes;
            if (IsTooLong) return false;
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
