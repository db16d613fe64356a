using System.Collections.Concurrent;

namespace VectorCluster.Client.Wire;

/// <summary>All formats that a process knows: those of the contracts, in a silo also those of the shards.</summary>
public sealed class WireFormats
{
    /// <summary>Of all formats together, the first byte of every message: raised when one of them changes.</summary>
    public const byte Version = 3;

    private readonly Dictionary<Type, WireFormat> _byType;
    private readonly WireFormat?[] _byTag = new WireFormat?[byte.MaxValue + 1];
    private readonly ConcurrentDictionary<Type, WireFormat?> _found = new();

    public WireFormats(IEnumerable<WireFormat> formats)
    {
        _byType = formats.ToDictionary(format => format.Type);
        foreach (var format in _byType.Values)
        {
            if (_byTag[format.Tag] is not null) throw new ArgumentException($"The tag {format.Tag} is used twice.");
            _byTag[format.Tag] = format;
        }
    }

    public bool Knows(Type type) => Find(type) is not null;

    public ReadOnlyMemory<byte> Write(object value)
    {
        var writer = new WireWriter();
        Write(writer, value);
        return writer.Written.ToArray();
    }

    /// <exception cref="InvalidDataException">The message is damaged, or of another version; its message tells
    /// which.</exception>
    public object Read(ReadOnlyMemory<byte> message)
    {
        var reader = new WireReader(message);
        CheckVersion(reader.Byte());
        var format = _byTag[reader.Byte()] ?? throw WireReader.Damaged();
        var value = format.Read(reader);
        return reader.IsAtEnd ? value : throw WireReader.Damaged();
    }

    internal void Write(WireWriter writer, object value)
    {
        var format = Find(value.GetType())
            ?? throw new ArgumentException($"{value.GetType()} has no wire format.", nameof(value));
        writer.Byte(Version);
        writer.Byte(format.Tag);
        format.Write(writer, value);
    }

    private static void CheckVersion(byte version)
    {
        if (version is 0) throw WireReader.Damaged();
        if (version < Version)
            throw new InvalidDataException(
                $"A message has version {version} of the wire formats, and this process knows {Version} only: it was "
                + "sent by an older version of VectorCluster. Update the older process.");
        if (version > Version)
            throw new InvalidDataException(
                $"A message has version {version} of the wire formats, and this process knows none after {Version}: "
                + "it was sent by a newer version of VectorCluster. Update the older process.");
    }

    private WireFormat? Find(Type type) => _found.GetOrAdd(type, static (wanted, byType) =>
    {
        for (var at = wanted; at is not null; at = at.BaseType)
            if (byType.TryGetValue(at, out var format)) return format;
        return null;
    }, _byType);
}
