using System.Net;
using Orleans.Runtime;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Cluster.Tests.Wire;

/// <summary>Messages of every kind with random contents, as a seed decides.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Texts = ["", "a", "name", "a b", "名前", "😀", "\0", new('x', 300)];
    private static readonly string[] Paths = ["a", "a.b", "tags[]", "a[3].b", "\"odd key\".c"];

    private readonly Random _random = new(seed);

    /// <summary>One of every kind.</summary>
    public IEnumerable<object> All() =>
    [
        new UpsertRequest { Collection = Text(), Namespace = Text(), Points = Some(Point) },
        new DeleteRequest { Collection = Text(), Namespace = Text(), Selector = Selector() },
        new PayloadRequest { Collection = Text(), Namespace = Text(), Selector = Selector(), Change = Change() },
        new GetPointsRequest
        {
            Collection = Text(), Namespace = Text(), Timeout = Maybe(Duration), Ids = Some(Id),
            WithPayload = PayloadSelector(), WithVectors = VectorSelector(),
        },
        new ScrollRequest
        {
            Collection = Text(), Namespace = Text(), Timeout = Maybe(Duration), Offset = Maybe(Id), Limit = Int(),
            Filter = Perhaps(() => Filter()), WithPayload = PayloadSelector(), WithVectors = VectorSelector(),
        },
        new CountRequest
        {
            Collection = Text(), Namespace = Text(), Timeout = Maybe(Duration), Filter = Perhaps(() => Filter()),
        },
        new SearchRequest
        {
            Collection = Text(), Namespace = Text(), Timeout = Maybe(Duration), Query = Query(), VectorName = Text(),
            Limit = Int(), Offset = Int(), Filter = Perhaps(() => Filter()), EfSearch = Maybe(Int), Exact = Bool(),
            Quantization = Perhaps(Quantization), MaxDistance = Maybe(Single), AllowPartial = Bool(),
            Explain = Bool(), WithPayload = PayloadSelector(), WithVectors = VectorSelector(),
        },
        Settings(),
        new CollectionInfo(
            Text(), Settings(), Pick(Enum.GetValues<CollectionStatus>()), Long(), Long(), Long(), Int(), Int(),
            Tallies(), Some(Failure)),
        new NamespaceInfo(Text(), Text(), Int(), Long()),
        new DatabaseStatus(Bool(), Some(Text), Some(Failure)),
        Path(),
        Filter(),
        new WriteResult(Some(Shard).Distinct().ToDictionary(shard => shard, _ => new Lsn(Long())), Long()),
        Stored(),
        new ScrollPage(Some(Stored), Maybe(Id)),
        new SearchResult(Pick(Enum.GetValues<DistanceMetric>()), Some(Hit), Some(Failure))
        {
            Plans = Some(() => new ShardPlan(Shard(), Text(), Long())),
        },
        new InvalidRequestException(Text(), Text()) { Path = Perhaps(Text) },
        new NotFoundException(Text(), Text()) { Path = Perhaps(Text) },
        new AlreadyExistsException(Text(), Text()) { Path = Perhaps(Text) },
        new OverloadedException(Text(), Duration(), Text()) { Path = Perhaps(Text) },
        new AccessDeniedException(Text(), Text()) { Path = Perhaps(Text) },
        new StoreUnavailableException(Text()) { Path = Perhaps(Text) },
        new ShardUnavailableException(Text(), Text(), Some(Failure)) { Path = Perhaps(Text) },
        new WriteIncompleteException(Text(), Text(), Some(Outcome)) { Path = Perhaps(Text) },
        new UpsertPoints(Some(Point)),
        new DeletePoints(Selector()),
        new ChangePayload(Selector(), Change()),
        new ShardSearch
        {
            VectorName = Text(), Query = Vector(), Count = Int(), EfSearch = Maybe(Int), Exact = Bool(),
            Quantization = Perhaps(Quantization), Filter = Perhaps(() => Filter()), MaxDistance = Maybe(Single),
            WithPayload = PayloadSelector(), WithVectors = VectorSelector(),
        },
        new PointsByIds(Some(Id), PayloadSelector(), VectorSelector()),
        new PointsByPlaces(Some(() => new ShardPlace(Id(), _random.Next())), PayloadSelector(), VectorSelector()),
        new PointsInOrder(Maybe(Id), Int(), Perhaps(() => Filter()), PayloadSelector(), VectorSelector()),
        new WriteReceipt(new(Long()), Int()),
        new ShardHits(
            Some(() => new ShardHit(Id(), Single(), new(Long()), _random.Next(), Perhaps(Stored))),
            Pick(Enum.GetValues<SearchPlan>()),
            Int()),
        new ShardPage(Some(Stored), Bool()),
        new ShardInfo(
            Long(), Long(), Long(), Long(), Long(), Bool(), Long(), new(Long()), Tallies(),
            Perhaps(Text), Perhaps(Text)),
        Load(),
        new SiloHoldings(Load(), Some(() => new ShardLoad(Shard(), Long(), Long(), Double()))),
        new ClusterInfo(
            Some(() => new SiloInfo(Text(), Text(), Pick(Enum.GetValues<SiloState>()), Tally(), Long(), Long())),
            Double(), Bool(), Tally(), Tally()),
        new PlacedShard(Shard(), Text(), Long(), Long()),
        new ShardMove(
            Shard(), Text(), Text(), Long(), Pick(Enum.GetValues<ShardMoveStatus>()), Text(),
            Time().ToUniversalTime(), Maybe(Duration), Perhaps(Text)),
        new ShardClosedException(Shard()),
        new ShardMismatchException(Shard()),
        new ShardReadOnlyException(Shard(), new StoreUnavailableException(Text())),
        new WriteOutcomeUnknownException(Shard(), new StoreUnavailableException(Text())),
        new StoreCorruptedException(Shard(), Text(), Text()),
    ];

    private SiloLoad Load() => new(
        SiloAddress.New(IPAddress.Loopback, _random.Next(1, 65_535), _random.Next()),
        Long(), Text(), Long(), Long(), Tally(), Double(), Bool());

    private int Tally() => _random.Next();

    private Filter Filter(int depth = 2) => new()
    {
        Must = Some(() => Condition(depth)),
        Should = Some(() => Condition(depth)),
        MustNot = Some(() => Condition(depth)),
        MinShould = Perhaps(() => new MinShould(Some(() => Condition(depth)), Int())),
    };

    private Condition Condition(int depth) => _random.Next(depth > 0 ? 11 : 9) switch
    {
        0 => new MatchCondition(Path(), Some(Match)),
        1 => new MatchExceptCondition(Path(), Some(Match)),
        2 => new MatchTextCondition(Path(), Text()),
        3 => new RangeCondition(Path())
        {
            Gt = Maybe(Double),
            Gte = Maybe(Double),
            Lt = Maybe(Double),
            Lte = Maybe(Double),
        },
        4 => new DatetimeRangeCondition(Path())
        {
            Gt = Maybe(Time),
            Gte = Maybe(Time),
            Lt = Maybe(Time),
            Lte = Maybe(Time),
        },
        5 => new HasIdCondition(Some(Id)),
        6 => new IsEmptyCondition(Path(), Bool()),
        7 => new IsNullCondition(Path(), Bool()),
        8 => new ValuesCountCondition(Path())
        {
            Gt = Maybe(Long),
            Gte = Maybe(Long),
            Lt = Maybe(Long),
            Lte = Maybe(Long),
        },
        9 => new NestedCondition(Path(), Filter(depth - 1)),
        _ => Filter(depth - 1),
    };

    private CollectionSettings Settings() => new()
    {
        Vectors = Some(Text).Distinct().ToDictionary(
            name => name,
            _ => new VectorSettings(Int(), Pick(Enum.GetValues<DistanceMetric>()))
            {
                Hnsw = new() { M = Int(), EfConstruction = Int(), EfSearch = Int(), ExactScanThreshold = Int() },
                OnDisk = Bool(),
                Quantization = Pick(Enum.GetValues<VectorQuantization>()),
                Rescore = Maybe(Bool),
                Oversampling = Maybe(Double),
            }),
        ShardCount = Int(),
        PayloadIndexes = Some(Text).Distinct()
            .ToDictionary(path => path, _ => Pick(Enum.GetValues<PayloadIndexKind>())),
    };

    private Query Query() => Bool()
        ? new NearestQuery(QueryVector())
        : new RecommendQuery(Some(QueryVector), Some(QueryVector));

    private QuantizationSearch Quantization() =>
        new() { Ignore = Bool(), Rescore = Maybe(Bool), Oversampling = Maybe(Double) };

    private PointSelector Selector() =>
        Bool() ? PointSelector.ByIds(Some(Id)) : PointSelector.ByFilter(Filter());

    private PayloadChange Change() => _random.Next(4) switch
    {
        0 => new SetPayload(Payload(), Perhaps(Path)),
        1 => new OverwritePayload(Payload()),
        2 => new DeletePayloadKeys(Some(Path)),
        _ => new ClearPayload(),
    };

    private PayloadSelector PayloadSelector() => _random.Next(4) switch
    {
        0 => VectorCluster.PayloadSelector.None,
        1 => VectorCluster.PayloadSelector.All,
        2 => VectorCluster.PayloadSelector.Include(Some(Path)),
        _ => VectorCluster.PayloadSelector.Exclude(Some(Path)),
    };

    private Dictionary<string, long> Tallies() => Some(Text).Distinct().ToDictionary(path => path, _ => Long());

    private VectorSelector VectorSelector() => new(Perhaps(() => Some(Text)));

    private QueryVector QueryVector() =>
        Bool() ? VectorCluster.QueryVector.OfPoint(Id()) : VectorCluster.QueryVector.Of(Vector());

    private MatchValue Match() => _random.Next(3) switch { 0 => Text(), 1 => Long(), _ => Bool() };

    private Point Point() => new(Id(), Vectors(), Payload());

    private StoredPoint Stored() => new(Id(), new(Long()), Perhaps(Payload), Perhaps(Vectors));

    private Hit Hit() => new(Id(), Single(), new(Long()), Perhaps(Payload), Perhaps(Vectors));

    private ShardId Shard() => new(Text(), Text(), Int());

    private ShardFailure Failure() => new(Shard(), Text(), Text());

    private ShardWriteOutcome Outcome() =>
        new(Shard(), Pick(Enum.GetValues<WriteStatus>()), Maybe(() => new Lsn(Long())), Perhaps(Failure));

    private VectorSet Vectors() =>
        new([.. Some(Text).Distinct().Select(name => KeyValuePair.Create(name, Vector()))]);

    private ReadOnlyMemory<float> Vector() => Some(Single).ToArray();

    private Payload Payload() => VectorCluster.Payload.From(new { a = Long(), b = Some(Text) });

    private PayloadPath Path() => Pick(Paths);

    private PointId Id() => _random.Next(3) switch
    {
        0 => PointId.FromNumber((ulong)Long()),
        1 => PointId.FromUuidBits(new((ulong)Long(), (ulong)Long())),
        _ => PointId.FromText("id " + Text()),
    };

    private DateTimeOffset Time() =>
        new(_random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay),
            TimeSpan.FromMinutes(_random.Next(-840, 841)));

    private TimeSpan Duration() => new(Long());

    private string Text() => Pick(Texts);

    private float Single() => BitConverter.Int32BitsToSingle(Int());

    private double Double() => BitConverter.Int64BitsToDouble(Long());

    private long Long() => _random.NextInt64(long.MinValue, long.MaxValue);

    private int Int() => _random.Next(int.MinValue, int.MaxValue);

    private bool Bool() => _random.Next(2) == 0;

    private T Pick<T>(IReadOnlyList<T> some) => some[_random.Next(some.Count)];

    private List<T> Some<T>(Func<T> one) => [.. Enumerable.Range(0, _random.Next(4)).Select(_ => one())];

    private T? Maybe<T>(Func<T> one)
        where T : struct => Bool() ? one() : null;

    private T? Perhaps<T>(Func<T> one)
        where T : class => Bool() ? one() : null;
}
