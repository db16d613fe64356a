using System.Buffers;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace VectorCluster.Client.Wire;

/// <summary>Hands the types of <see cref="WireFormats"/> to Orleans: a value is one length-prefixed block of
/// bytes.</summary>
/// <remarks>
/// <para>Orleans would encode a vector element by element and a record field by field, and would not bring our
/// exceptions back as what they were. Its own codecs do the rest: arrays of our types, strings, numbers.</para>
/// <para>All these types are immutable, so a call within a silo passes them as they are, without a copy.</para>
/// </remarks>
public sealed class WireCodec(WireFormats formats)
    : ISpecializableCodec, IFieldCodec, ISpecializableCopier, IDeepCopier, IOptionalDeepCopier, ITypeFilter
{
    bool ISpecializableCodec.IsSupportedType(Type type) => type == typeof(WireCodec) || formats.Knows(type);

    IFieldCodec ISpecializableCodec.GetSpecializedCodec(Type type) => this;

    bool ISpecializableCopier.IsSupportedType(Type type) => formats.Knows(type);

    IDeepCopier ISpecializableCopier.GetSpecializedCopier(Type type) => this;

    bool IOptionalDeepCopier.IsShallowCopyable() => true;

    object? IDeepCopier.DeepCopy(object? input, CopyContext context) => input;

    bool? ITypeFilter.IsTypeAllowed(Type type) => type == typeof(WireCodec) || formats.Knows(type) ? true : null;

    void IFieldCodec.WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, object? value)
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }

        // A value is written whole wherever it comes: no message of ours holds the same object twice.
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(WireCodec), WireType.LengthPrefixed);
        var message = new WireWriter();
        formats.Write(message, value);

        // What is thrown here reaches the caller, also of an answer that is too large, and nothing is sent.
        WireLimits.Check((long)writer.Position + message.Written.Length);
        writer.WriteVarUInt32((uint)message.Written.Length);
        writer.Write(message.Written);
    }

    object? IFieldCodec.ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference) return ReferenceCodec.ReadReference(ref reader, field.FieldType!);
        field.EnsureWireType(WireType.LengthPrefixed);
        ReferenceCodec.MarkValueField(reader.Session);
        return formats.Read(reader.ReadBytes(reader.ReadVarUInt32()));
    }
}
