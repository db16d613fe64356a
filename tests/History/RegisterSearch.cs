namespace VectorCluster.Tests.History;

/// <summary>Looks for an order of one register's operations: the search of Wing and Gong (1993) with the memory of Lowe
/// (2017), and what the uniqueness of written values makes possible.</summary>
/// <remarks>
/// <para>The search puts operations in order one by one. Next can come what nothing undone precedes. It remembers which
/// sets of operations it has ended with at which value, and does not try again what follows.</para>
/// <para>A read that sees the current value is put next at once: it changes nothing, so no order has anything from its
/// coming later. A value is left only when all its reads are in the order: it never comes back.</para>
/// <para>Unknown operations would double the sets with each of them. But a write that was never read can be left out:
/// if it took effect, nobody noticed. One that was read took effect before the first of its reads ended, so it is as
/// good as known. What remains are unknown deletions: one matters only just before a read of absence, and of those that
/// were invoked by then any will do. So they are not in the sets; it is enough to count those that were used, the
/// fewer the better.</para>
/// </remarks>
internal sealed class RegisterSearch
{
    /// <summary>Sets remembered before the search gives up: some gigabytes, and minutes.</summary>
    private const int MaxMemory = 20_000_000;

    private const int Absent = 0;
    private const int UnknownDelete = -1;

    private readonly Operation[] _operations;
    private readonly long[] _unknownDeletes;
    private readonly int[] _unreadReads; // by value: reads that are not in the order yet
    private readonly UInt128[] _marks;
    private readonly int[] _next; // undone operations by invocation, as a ring through the last element
    private readonly int[] _previous;
    private readonly List<int> _order = [];
    private readonly Dictionary<(UInt128 Set, int Value), int> _memory = [];
    private UInt128 _set;
    private int _value = Absent;
    private int _usedDeletes;

    private RegisterSearch(List<Operation> operations, List<long> unknownDeletes, int valueCount)
    {
        _operations = [.. operations.OrderBy(operation => operation.Invoked)];
        _unknownDeletes = [.. unknownDeletes.Order()];
        _unreadReads = new int[valueCount];
        foreach (var read in _operations.Where(operation => operation.Kind == OperationKind.Read))
            _unreadReads[read.Value]++;

        // The set is the sum of its members' marks: random 128-bit numbers, so that no two sets are ever the same.
        var random = new Random(Seed: 1);
        _marks = [.. _operations.Select(_ => new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()))];
        var ring = _operations.Length + 1;
        _next = [.. Enumerable.Range(0, ring).Select(i => (i + 1) % ring)];
        _previous = [.. Enumerable.Range(0, ring).Select(i => (i + ring - 1) % ring)];
    }

    private int End => _operations.Length;

    /// <param name="history">Of one register, with unique written values.</param>
    /// <exception cref="InvalidOperationException">Too many operations overlap to tell.</exception>
    public static bool HasOrder(IReadOnlyList<RegisterOperation> history)
    {
        var values = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var write in history)
            if (write.Kind == OperationKind.Write && write.Outcome != OperationOutcome.Rejected)
                values.Add(write.Value!, values.Count + 1);

        var firstReadEnd = new long[values.Count + 1];
        Array.Fill(firstReadEnd, long.MaxValue);
        foreach (var read in history.Where(operation => operation is { Kind: OperationKind.Read, IsOk: true }))
        {
            if (read.Value is null) continue;
            if (!values.TryGetValue(read.Value, out var value)) return false;
            firstReadEnd[value] = Math.Min(firstReadEnd[value], read.Returned);
        }

        var operations = new List<Operation>();
        var unknownDeletes = new List<long>();
        foreach (var operation in history)
        {
            if (operation.Outcome == OperationOutcome.Rejected) continue;
            var value = operation.Value is null ? Absent : values.GetValueOrDefault(operation.Value);
            if (operation.IsOk)
                operations.Add(new(operation.Kind, value, operation.Invoked, operation.Returned));
            else if (operation.Kind == OperationKind.Delete)
                unknownDeletes.Add(operation.Invoked);
            else if (operation.Kind == OperationKind.Write && firstReadEnd[value] < long.MaxValue)
                operations.Add(new(operation.Kind, value, operation.Invoked, firstReadEnd[value]));
        }

        return new RegisterSearch(operations, unknownDeletes, values.Count + 1).Run();
    }

    private bool Run()
    {
        var branches = new Stack<Branch>();
        if (Advance(branches)) return true;
        while (branches.TryPeek(out var branch))
        {
            GoBackTo(branch);
            if (!branch.Choices.TryDequeue(out var choice))
            {
                branches.Pop();
                continue;
            }

            Choose(choice);
            if (Advance(branches)) return true;
        }

        return false;
    }

    /// <summary>Puts all reads next that can be, then notes what there is to choose from.</summary>
    /// <returns>True: everything is in order.</returns>
    private bool Advance(Stack<Branch> branches)
    {
        List<int> candidates;
        int reads;
        do
        {
            candidates = Candidates();
            reads = _order.Count;
            foreach (var candidate in candidates)
                if (_operations[candidate] is { Kind: OperationKind.Read } read && read.Value == _value) Put(candidate);
        }
        while (_order.Count > reads);

        if (_order.Count == _operations.Length) return true;
        if (IsKnownToFail()) return false;
        var choices = Choices(candidates);
        if (choices.Count > 0) branches.Push(new(choices, _order.Count, _value, _usedDeletes));
        return false;
    }

    /// <summary>The undone operations that no other undone one precedes.</summary>
    private List<int> Candidates()
    {
        var candidates = new List<int>();
        var firstEnd = long.MaxValue;
        for (var i = _next[End]; i != End && _operations[i].Invoked <= firstEnd; i = _next[i])
        {
            candidates.Add(i);
            firstEnd = Math.Min(firstEnd, _operations[i].Returned);
        }

        return candidates;
    }

    private bool IsKnownToFail()
    {
        var state = (_set, _value);
        if (_memory.TryGetValue(state, out var used) && used <= _usedDeletes) return true;
        if (_memory.Count >= MaxMemory)
            throw new InvalidOperationException("Too many operations overlap to tell whether they have an order.");
        _memory[state] = _usedDeletes;
        return false;
    }

    /// <summary>What changes the value and can come next, the most urgent first.</summary>
    private Queue<int> Choices(List<int> candidates)
    {
        if (_value != Absent && _unreadReads[_value] > 0) return []; // a read of it would never find it again
        var choices = new Queue<int>(candidates
            .Where(candidate => _operations[candidate].Kind != OperationKind.Read)
            .OrderBy(candidate => _operations[candidate].Returned));
        if (_value != Absent
            && candidates.Exists(candidate => _operations[candidate] is { Kind: OperationKind.Read, Value: Absent })
            && _usedDeletes < _unknownDeletes.Length
            && _unknownDeletes[_usedDeletes] <= candidates.Min(candidate => _operations[candidate].Returned))
            choices.Enqueue(UnknownDelete);
        return choices;
    }

    private void Choose(int choice)
    {
        if (choice == UnknownDelete)
        {
            _usedDeletes++;
            _value = Absent;
            return;
        }

        Put(choice);
        _value = _operations[choice].Value;
    }

    private void Put(int index)
    {
        _order.Add(index);
        _set += _marks[index];
        if (_operations[index].Kind == OperationKind.Read) _unreadReads[_operations[index].Value]--;
        _next[_previous[index]] = _next[index];
        _previous[_next[index]] = _previous[index];
    }

    /// <summary>Takes operations out of the order, in the reverse of the order that they were put in: so each finds its
    /// neighbours in the ring where it left them.</summary>
    private void GoBackTo(Branch branch)
    {
        while (_order.Count > branch.OrderCount)
        {
            var index = _order[^1];
            _order.RemoveAt(_order.Count - 1);
            _set -= _marks[index];
            if (_operations[index].Kind == OperationKind.Read) _unreadReads[_operations[index].Value]++;
            _next[_previous[index]] = index;
            _previous[_next[index]] = index;
        }

        (_value, _usedDeletes) = (branch.Value, branch.UsedDeletes);
    }

    /// <param name="Value">Number of the value; <see cref="Absent"/> for deletions.</param>
    private readonly record struct Operation(OperationKind Kind, int Value, long Invoked, long Returned);

    private sealed record Branch(Queue<int> Choices, int OrderCount, int Value, int UsedDeletes);
}
