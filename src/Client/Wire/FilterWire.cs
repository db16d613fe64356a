namespace VectorCluster.Client.Wire;

/// <summary>Filters, and the selectors of points, payloads and vectors.</summary>
public static class FilterWire
{
    /// <summary>Which condition follows.</summary>
    private enum Kind : byte
    {
        Filter,
        Match,
        MatchExcept,
        MatchText,
        Range,
        DatetimeRange,
        HasId,
        IsEmpty,
        IsNull,
        ValuesCount,
        Nested,
    }

    public static void WriteFilter(WireWriter writer, Filter filter)
    {
        writer.List(filter.Must, WriteCondition);
        writer.List(filter.Should, WriteCondition);
        writer.List(filter.MustNot, WriteCondition);
        writer.Optional(filter.MinShould, WriteMinShould);
    }

    public static Filter ReadFilter(WireReader reader) => new()
    {
        Must = reader.List(ReadCondition),
        Should = reader.List(ReadCondition),
        MustNot = reader.List(ReadCondition),
        MinShould = reader.Optional(ReadMinShould),
    };

    public static void WritePath(WireWriter writer, PayloadPath path) => writer.Text(path.Text);

    public static PayloadPath ReadPath(WireReader reader) => PayloadPath.Parse(reader.Text());

    public static void WriteSelector(WireWriter writer, PointSelector selector)
    {
        writer.Bool(selector is PointIdsSelector);
        if (selector is PointIdsSelector ids) writer.List(ids.Ids, PointWire.WriteId);
        else WriteFilter(writer, ((PointFilterSelector)selector).Filter);
    }

    public static PointSelector ReadSelector(WireReader reader) => reader.Bool()
        ? PointSelector.ByIds(reader.List(PointWire.ReadId))
        : PointSelector.ByFilter(ReadFilter(reader));

    public static void WritePayloadSelector(WireWriter writer, PayloadSelector selector)
    {
        writer.Byte((byte)selector.Selection);
        writer.List(selector.Paths, WritePath);
    }

    public static PayloadSelector ReadPayloadSelector(WireReader reader)
    {
        var selection = (PayloadSelection)reader.Byte();
        var paths = reader.List(ReadPath);
        return selection switch
        {
            PayloadSelection.None => PayloadSelector.None,
            PayloadSelection.All => PayloadSelector.All,
            PayloadSelection.Include => PayloadSelector.Include(paths),
            PayloadSelection.Exclude => PayloadSelector.Exclude(paths),
            _ => throw WireReader.Damaged(),
        };
    }

    public static void WriteVectorSelector(WireWriter writer, VectorSelector selector) =>
        writer.Optional(selector.Names, static (to, names) => to.List(names, static (each, name) => each.Text(name)));

    public static VectorSelector ReadVectorSelector(WireReader reader) =>
        new(reader.Optional(static from => from.List(static each => each.Text())));

    private static void WriteCondition(WireWriter writer, Condition condition)
    {
        switch (condition)
        {
            case Filter filter:
                writer.Byte((byte)Kind.Filter);
                WriteFilter(writer, filter);
                break;
            case MatchCondition match:
                Begin(writer, Kind.Match, match.Path);
                writer.List(match.Values, WriteMatchValue);
                break;
            case MatchExceptCondition except:
                Begin(writer, Kind.MatchExcept, except.Path);
                writer.List(except.Values, WriteMatchValue);
                break;
            case MatchTextCondition text:
                Begin(writer, Kind.MatchText, text.Path);
                writer.Text(text.Text);
                break;
            case RangeCondition range:
                Begin(writer, Kind.Range, range.Path);
                foreach (var bound in (double?[])[range.Gt, range.Gte, range.Lt, range.Lte])
                    writer.OptionalValue(bound, static (to, value) => to.Double(value));
                break;
            case DatetimeRangeCondition range:
                Begin(writer, Kind.DatetimeRange, range.Path);
                foreach (var bound in (DateTimeOffset?[])[range.Gt, range.Gte, range.Lt, range.Lte])
                    writer.OptionalValue(bound, WriteTime);
                break;
            case HasIdCondition ids:
                writer.Byte((byte)Kind.HasId);
                writer.List(ids.Ids, PointWire.WriteId);
                break;
            case IsEmptyCondition empty:
                Begin(writer, Kind.IsEmpty, empty.Path);
                writer.Bool(empty.Expected);
                break;
            case IsNullCondition isNull:
                Begin(writer, Kind.IsNull, isNull.Path);
                writer.Bool(isNull.Expected);
                break;
            case ValuesCountCondition count:
                Begin(writer, Kind.ValuesCount, count.Path);
                foreach (var bound in (long?[])[count.Gt, count.Gte, count.Lt, count.Lte])
                    writer.OptionalValue(bound, static (to, value) => to.Int64(value));
                break;
            case NestedCondition nested:
                Begin(writer, Kind.Nested, nested.Path);
                WriteFilter(writer, nested.Filter);
                break;
            default:
                throw new ArgumentException($"{condition.GetType()} has no wire format.", nameof(condition));
        }
    }

    // Members of an initializer are read in the order they are written here.
    private static Condition ReadCondition(WireReader reader) => (Kind)reader.Byte() switch
    {
        Kind.Filter => ReadFilter(reader),
        Kind.Match => new MatchCondition(ReadPath(reader), reader.List(ReadMatchValue)),
        Kind.MatchExcept => new MatchExceptCondition(ReadPath(reader), reader.List(ReadMatchValue)),
        Kind.MatchText => new MatchTextCondition(ReadPath(reader), reader.Text()),
        Kind.Range => new RangeCondition(ReadPath(reader))
        {
            Gt = reader.OptionalValue(static from => from.Double()),
            Gte = reader.OptionalValue(static from => from.Double()),
            Lt = reader.OptionalValue(static from => from.Double()),
            Lte = reader.OptionalValue(static from => from.Double()),
        },
        Kind.DatetimeRange => new DatetimeRangeCondition(ReadPath(reader))
        {
            Gt = reader.OptionalValue(ReadTime),
            Gte = reader.OptionalValue(ReadTime),
            Lt = reader.OptionalValue(ReadTime),
            Lte = reader.OptionalValue(ReadTime),
        },
        Kind.HasId => new HasIdCondition(reader.List(PointWire.ReadId)),
        Kind.IsEmpty => new IsEmptyCondition(ReadPath(reader), reader.Bool()),
        Kind.IsNull => new IsNullCondition(ReadPath(reader), reader.Bool()),
        Kind.ValuesCount => new ValuesCountCondition(ReadPath(reader))
        {
            Gt = reader.OptionalValue(static from => from.Int64()),
            Gte = reader.OptionalValue(static from => from.Int64()),
            Lt = reader.OptionalValue(static from => from.Int64()),
            Lte = reader.OptionalValue(static from => from.Int64()),
        },
        Kind.Nested => new NestedCondition(ReadPath(reader), ReadFilter(reader)),
        _ => throw WireReader.Damaged(),
    };

    private static void Begin(WireWriter writer, Kind kind, PayloadPath path)
    {
        writer.Byte((byte)kind);
        WritePath(writer, path);
    }

    private static void WriteMinShould(WireWriter writer, MinShould some)
    {
        writer.List(some.Conditions, WriteCondition);
        writer.Int64(some.MinCount);
    }

    private static MinShould ReadMinShould(WireReader reader) => new(reader.List(ReadCondition), (int)reader.Int64());

    private static void WriteMatchValue(WireWriter writer, MatchValue value)
    {
        writer.Byte((byte)value.Kind);
        if (value.Kind == MatchValueKind.Text) writer.Text(value.Text ?? "");
        else writer.Int64(value.Number);
    }

    private static MatchValue ReadMatchValue(WireReader reader) => (MatchValueKind)reader.Byte() switch
    {
        MatchValueKind.Text => reader.Text(),
        MatchValueKind.Integer => reader.Int64(),
        MatchValueKind.Bool => reader.Int64() != 0,
        _ => throw WireReader.Damaged(),
    };

    private static void WriteTime(WireWriter writer, DateTimeOffset time)
    {
        writer.Int64(time.Ticks);
        writer.Int64(time.Offset.Ticks);
    }

    private static DateTimeOffset ReadTime(WireReader reader) => new(reader.Int64(), new(reader.Int64()));
}
