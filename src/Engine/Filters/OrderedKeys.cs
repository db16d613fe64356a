namespace VectorCluster.Engine.Filters;

/// <summary>The keys of an ordered index in their order, but for the newest, which are looked at one by one.
/// Immutable.</summary>
internal sealed class OrderedKeys
{
    /// <summary>Fewer new keys than this are scanned rather than sorted in.</summary>
    private const int MinTail = 1024;

    private readonly long[] _orders;
    private readonly int[] _numbers;

    private OrderedKeys(long[] orders, int[] numbers)
    {
        _orders = orders;
        _numbers = numbers;
    }

    public static OrderedKeys Empty { get; } = new([], []);

    public static OrderedKeys Of(KeyTable keys)
    {
        var orders = new long[keys.Count];
        var numbers = new int[keys.Count];
        for (var number = 0; number < orders.Length; number++)
        {
            orders[number] = IndexKey.ReadOrdered(keys.Key(number));
            numbers[number] = number;
        }

        Array.Sort(orders, numbers);
        return new(orders, numbers);
    }

    /// <summary>Whether so many keys came since that sorting again pays.</summary>
    public bool IsStale(int keyCount) => keyCount - _orders.Length > Math.Max(MinTail, _orders.Length / 8);

    public void Collect(KeyTable keys, long lowest, long highest, List<int> codes)
    {
        if (lowest > highest) return;
        var (start, end) = Sorted(lowest, highest);
        for (var i = start; i < end; i++) codes.Add(_numbers[i] + 1);
        for (var number = _orders.Length; number < keys.Count; number++)
        {
            var order = IndexKey.ReadOrdered(keys.Key(number));
            if (order >= lowest && order <= highest) codes.Add(number + 1);
        }
    }

    public int Estimate(KeyTable keys, long lowest, long highest)
    {
        if (lowest > highest) return 0;
        var (start, end) = Sorted(lowest, highest);
        return end - start + (keys.Count - _orders.Length);
    }

    private (int Start, int End) Sorted(long lowest, long highest) =>
        (FirstAtLeast(lowest), highest == long.MaxValue ? _orders.Length : FirstAtLeast(highest + 1));

    private int FirstAtLeast(long order)
    {
        var (low, high) = (0, _orders.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_orders[middle] < order) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
