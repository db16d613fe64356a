namespace VectorCluster.Client.Wire;

/// <summary>How values of one type, and of those derived from it, go over the wire.</summary>
public abstract class WireFormat
{
    private WireFormat(byte tag, Type type) => (Tag, Type) = (tag, type);

    /// <summary>Stands for the type on the wire; unique among all formats of a process.</summary>
    public byte Tag { get; }

    public Type Type { get; }

    public static WireFormat Of<T>(byte tag, Action<WireWriter, T> write, Func<WireReader, T> read)
        where T : notnull => new Typed<T>(tag, write, read);

    internal abstract void Write(WireWriter writer, object value);

    internal abstract object Read(WireReader reader);

    private sealed class Typed<T>(byte tag, Action<WireWriter, T> write, Func<WireReader, T> read)
        : WireFormat(tag, typeof(T))
        where T : notnull
    {
        internal override void Write(WireWriter writer, object value) => write(writer, (T)value);

        internal override object Read(WireReader reader) => read(reader);
    }
}
