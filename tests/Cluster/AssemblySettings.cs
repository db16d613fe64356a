// Silos of several tests at once would compete for the cores until they miss each other's probes.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
