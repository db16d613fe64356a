namespace VectorCluster.Client.Wire;

/// <summary>The formats of the contracts: what a client and a silo say to each other. Their tags stay below
/// 128.</summary>
public static class ContractFormats
{
    public static IReadOnlyList<WireFormat> All { get; } =
    [
        WireFormat.Of(1, RequestWire.WriteUpsert, RequestWire.ReadUpsert),
        WireFormat.Of(2, RequestWire.WriteDelete, RequestWire.ReadDelete),
        WireFormat.Of(3, RequestWire.WritePayloadRequest, RequestWire.ReadPayloadRequest),
        WireFormat.Of(4, RequestWire.WriteGet, RequestWire.ReadGet),
        WireFormat.Of(5, RequestWire.WriteScroll, RequestWire.ReadScroll),
        WireFormat.Of(6, RequestWire.WriteCount, RequestWire.ReadCount),
        WireFormat.Of(7, RequestWire.WriteSearch, RequestWire.ReadSearch),
        WireFormat.Of(20, SettingsWire.WriteSettings, SettingsWire.ReadSettings),
        WireFormat.Of(21, SettingsWire.WriteCollection, SettingsWire.ReadCollection),
        WireFormat.Of(22, SettingsWire.WriteNamespace, SettingsWire.ReadNamespace),
        WireFormat.Of(23, SettingsWire.WriteStatus, SettingsWire.ReadStatus),
        WireFormat.Of(24, FilterWire.WritePath, FilterWire.ReadPath),
        WireFormat.Of(25, FilterWire.WriteFilter, FilterWire.ReadFilter),
        WireFormat.Of(40, ResultWire.WriteWritten, ResultWire.ReadWritten),
        WireFormat.Of(41, PointWire.WriteStored, PointWire.ReadStored),
        WireFormat.Of(42, ResultWire.WritePage, ResultWire.ReadPage),
        WireFormat.Of(43, ResultWire.WriteFound, ResultWire.ReadFound),
        WireFormat.Of(60, FaultWire.Write, FaultWire.Read),
    ];
}
