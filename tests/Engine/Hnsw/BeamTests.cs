using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Tests.Hnsw;

/// <summary>The sorted array of candidates and results, against a sorted list.</summary>
public sealed class BeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(300)]
    public void Keeps_what_a_sorted_list_would_keep(int ef)
    {
        var random = new Random(ef);
        using var beam = new Beam();
        for (var round = 0; round < 20; round++)
        {
            beam.Clear(ef);
            var model = new List<(float Order, int Place, bool IsAccepted)>();
            var share = random.NextDouble();
            for (var place = 0; place < 1_000; place++)
            {
                var order = random.Next(-50, 50) / 7f;
                if (order >= beam.Worst) continue;
                var isAccepted = random.NextDouble() <= share;
                beam.Insert(order, place, isAccepted);
                model.Add((order, place, isAccepted));
                Trim(model, ef);
                Assert.Equal(WorstOf(model, ef), beam.Worst);
            }

            var kept = Enumerable.Range(0, beam.Count)
                .Select(i => (beam.OrderAt(i), beam.PlaceAt(i), beam.IsAccepted(i)));
            Assert.Equal(model, kept);
        }
    }

    // Goal: merging a step's offers is the same as taking them in one by one.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    [InlineData(300)]
    public void Merged_offers_are_kept_as_if_inserted(int ef)
    {
        const int MostOffers = 40;
        var random = new Random(ef);
        using var beam = new Beam();
        for (var round = 0; round < 20; round++)
        {
            beam.Clear(ef, MostOffers);
            var model = new List<(float Order, int Place, bool IsAccepted)>();
            var (share, place) = (random.NextDouble(), 0);
            for (var step = 0; step < 60; step++)
            {
                for (var offers = random.Next(MostOffers + 1); offers > 0; offers--, place++)
                {
                    var order = random.Next(-50, 50) / 7f;
                    if (order >= beam.Worst) continue;
                    var isAccepted = random.NextDouble() <= share;
                    beam.Offer(order, place, isAccepted);
                    model.Add((order, place, isAccepted));
                }

                beam.Merge();
                Trim(model, ef);
                Assert.Equal(WorstOf(model, ef), beam.Worst);
                Assert.Equal(model, Enumerable.Range(0, beam.Count)
                    .Select(i => (beam.OrderAt(i), beam.PlaceAt(i), beam.IsAccepted(i))));
            }
        }
    }

    [Fact]
    public void Every_entry_is_taken_once_and_the_nearest_first()
    {
        var random = new Random(3);
        using var beam = new Beam();
        beam.Clear(64);
        var (waiting, next) = (new SortedSet<(float, int)>(), 0);
        for (var step = 0; step < 400; step++)
        {
            for (var i = random.Next(4); i > 0; i--, next++)
            {
                var order = random.NextSingle() - 0.5f;
                if (order >= beam.Worst) continue;
                beam.Insert(order, next, isAccepted: true);
                waiting.Add((order, next));
                var kept = Enumerable.Range(0, beam.Count).Select(beam.PlaceAt).ToHashSet();
                waiting.RemoveWhere(entry => !kept.Contains(entry.Item2));
            }

            var upcoming = beam.Upcoming(0);
            Assert.Equal(waiting.Count == 0 ? -1 : waiting.Min.Item2, upcoming < 0 ? -1 : beam.PlaceAt(upcoming));
            var taken = beam.TakeNearest();
            Assert.Equal(waiting.Count == 0 ? -1 : waiting.Min.Item2, taken);
            if (taken >= 0) waiting.Remove(waiting.Min);
        }
    }

    /// <summary>Equal orders by place; nothing behind the ef-th accepted entry.</summary>
    private static void Trim(List<(float Order, int Place, bool IsAccepted)> model, int ef)
    {
        model.Sort((a, b) => (a.Order, a.Place).CompareTo((b.Order, b.Place)));
        var accepted = 0;
        var end = model.FindIndex(entry => entry.IsAccepted && ++accepted == ef);
        if (end >= 0) model.RemoveRange(end + 1, model.Count - end - 1);
    }

    private static float WorstOf(List<(float Order, int Place, bool IsAccepted)> model, int ef) =>
        model.Count(entry => entry.IsAccepted) == ef ? model[^1].Order : float.PositiveInfinity;
}
