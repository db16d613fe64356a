using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Wire;

public sealed class ShardKeyTests
{
    [Theory]
    [InlineData("docs", "", 0, "docs//0")]
    [InlineData("a/b", "c", 7, "a%2Fb/c/7")]
    [InlineData("a", "b/c", 7, "a/b%2Fc/7")]
    [InlineData("100%", "%2F", 1, "100%25/%252F/1")]
    [InlineData("ключ", "名前 😀", 12, "ключ/名前 😀/12")]
    public void Key_reads_as_it_was_written(string collection, string name, int index, string key)
    {
        var shard = new ShardId(collection, name, index);

        Assert.Equal(key, ShardKey.Write(shard));
        Assert.Equal(shard, ShardKey.Read(key));
    }

    // Goal: no two shards share a grain. Method: whatever the names hold, the key leads back to them.
    [Fact]
    public void Every_shard_has_a_key_of_its_own()
    {
        var names = Gen.Elements('/', '%', '2', 'F', '5', 'a', ' ', '\0', 'é').ArrayOf()
            .Select(characters => new string(characters));
        var shards = from collection in names
                     from name in names
                     from index in Gen.Choose(0, 16_383)
                     select new ShardId(collection, name, index);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(shards.ToArbitrary(), shard => ShardKey.Read(ShardKey.Write(shard)) == shard));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a/b/c")]
    [InlineData("a/b/-1")]
    [InlineData("a/b/1/2")]
    public void What_is_no_key_is_refused(string key) => Assert.Throws<FormatException>(() => ShardKey.Read(key));
}
