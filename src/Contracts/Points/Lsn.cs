namespace VectorCluster;

/// <summary>Position in one shard's write-ahead log: from 1, without gaps; 0 stands before the first.</summary>
public readonly record struct Lsn(long Value) : IComparable<Lsn>
{
    public static Lsn None => default;

    public Lsn Next => new(Value + 1);

    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
