using System.Text;
using VectorCluster.Coordinator.Catalogue;

namespace VectorCluster.Coordinator.Tests;

/// <summary>Rows of the catalogue that an older build wrote must mean what they meant.</summary>
public sealed class CatalogueRowTests
{
    // Goal: members that did not exist yet take the defaults that they have in code. Method: rows as they were written
    // before there were codes, and before rescoring was a setting.
    [Theory]
    [InlineData("", VectorQuantization.None)]
    [InlineData(""", "quantization": "Bits4" """, VectorQuantization.Bits4)]
    public void Rows_of_older_builds_take_the_defaults_of_what_they_lack(string member, VectorQuantization quantization)
    {
        const string Row = """
            {"settings": {"vectors": {"": {"dimension": 100, "metric": "Cosine", "hnsw": {"m": 16, "ef_construction": 128,
            "ef_search": 128, "exact_scan_threshold": 2000}, MEMBER}}, "shard_count": 4, "payload_indexes": {}},
            "is_deleting": false}
            """;
        var row = Encoding.UTF8.GetBytes(Row.Replace(", MEMBER", member, StringComparison.Ordinal));
        var settings = CatalogueJson.ReadCollection(row).Settings;
        Assert.Equal(
            new VectorSettings(100, DistanceMetric.Cosine) { Quantization = quantization }, settings.Vectors[""]);
    }
}
