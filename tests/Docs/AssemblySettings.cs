// Each test starts processes that use all cores; together they would only time each other out.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
