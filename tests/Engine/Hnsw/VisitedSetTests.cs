using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Tests.Hnsw;

/// <summary>The set of visited places, against a hash set.</summary>
public sealed class VisitedSetTests
{
    // Goal: every search starts with an empty set, whether the one before visited few places, which are unmarked one by
    // one, or most of them, which are not listed.
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void Has_what_was_visited_since_it_was_emptied(int places)
    {
        var random = new Random(places);
        var visited = new VisitedSet();
        for (var round = 0; round < 200; round++)
        {
            var placeCount = 1 + (places * (round + 1) / 200);
            visited.Reset(placeCount);
            var model = new HashSet<int>();
            var visits = random.Next(2) == 0 ? random.Next(1 + (placeCount / 200)) : random.Next(2 * placeCount);
            for (var i = 0; i < visits; i++)
            {
                var place = random.Next(placeCount);
                Assert.Equal(model.Add(place), random.Next(2) == 0 ? visited.Visit(place) : MarkAndList(place));
            }
        }

        bool MarkAndList(int place)
        {
            if (visited.Mark(place) == 0) return false;
            visited.List([place]);
            return true;
        }
    }

    [Fact]
    public void Has_no_room_for_a_place_that_joined_later()
    {
        var visited = new VisitedSet();
        visited.Reset(16);

        Assert.False(visited.Visit(16));
        Assert.True(visited.Visit(15));
    }
}
