using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace VectorCluster.Contracts.Tests;

public sealed class PointIdTests
{
    [Theory]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("6F9619FF-8B86-D011-B42D-00CF4FC964FF")]
    [InlineData("6f9619ff8b86d011b42d00cf4fc964ff")]
    [InlineData("urn:uuid:6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    public void Every_spelling_of_a_uuid_is_the_same_id(string text)
    {
        PointId id = text;
        Assert.Equal(PointIdKind.Uuid, id.Kind);
        Assert.Equal((PointId)Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), id);
        Assert.Equal("6f9619ff-8b86-d011-b42d-00cf4fc964ff", id.ToString());
    }

    [Fact]
    public void Strings_are_bounded_and_well_formed()
    {
        Assert.True(PointId.TryFromText(new string('x', 512), out _));
        Assert.False(PointId.TryFromText(new string('x', 513), out _));
        Assert.False(PointId.TryFromText(new string('ä', 257), out _));
        Assert.False(PointId.TryFromText("", out _));
        Assert.False(PointId.TryFromText("half \ud800 pair", out _));
        Assert.False(PointId.TryFromText("\udc00\ud800", out _));
        Assert.True(PointId.TryFromText("whole \ud83d\ude00 pair", out _));
        Assert.Throws<ArgumentException>(() => PointId.FromText(""));
    }

    [Fact]
    public void Order_is_numbers_then_uuids_then_strings()
    {
        PointId[] ordered =
        [
            0, 2, 10, ulong.MaxValue, Guid.Parse("00000000-0000-0000-0000-000000000001"),
            Guid.Parse("f0000000-0000-0000-0000-000000000000"), "1", "A", "a", "ab", "ä", "\uffee", "\ud83d\ude00",
        ];
        Assert.Equal(ordered, ordered.Reverse().Order());
        Assert.True(ordered[0] < ordered[1] && ordered[5] <= ordered[6] && ordered[6] > ordered[5]);
    }

    // Goal: strings sort as their UTF-8 bytes do, which is what shards compare. Method: any two strings, both ways.
    [Fact]
    public void String_ids_compare_as_their_bytes()
    {
        var texts = ArbMap.Default.ArbFor<NonEmptyString>();
        Prop.ForAll(texts, texts, (a, b) =>
        {
            if (!PointId.TryFromText(a.Get, out var left) || !PointId.TryFromText(b.Get, out var right)) return;
            if (left.Kind != PointIdKind.Text || right.Kind != PointIdKind.Text) return;
            var bytes = Encoding.UTF8.GetBytes(a.Get).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Get));
            Assert.Equal(Math.Sign(bytes), Math.Sign(left.CompareTo(right)));
        }).QuickCheckThrowOnFailure();
    }
}
