using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Telemetry;

/// <summary>Plans as metrics, traces and logs name them.</summary>
public static class PlanNames
{
    public static string Of(SearchPlan plan) => plan switch
    {
        SearchPlan.Graph => "graph",
        SearchPlan.FilteredGraph => "filtered_graph",
        SearchPlan.IndexedScan => "indexed_scan",
        SearchPlan.CodeScan => "code_scan",
        SearchPlan.IndexedCodeScan => "indexed_code_scan",
        _ => "scan",
    };

    internal static KeyValuePair<string, object?> LabelOf(SearchPlan plan) => new("plan", Of(plan));
}
