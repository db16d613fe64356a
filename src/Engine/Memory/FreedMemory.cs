namespace VectorCluster.Engine.Memory;

/// <summary>Gives freed memory back to the system.</summary>
/// <remarks>glibc keeps what was freed for later, spread over its arenas: after a hundred thousand small shards were
/// closed that would be most of what they had. Now and then it is asked to let go of whole pages (malloc_trim, which
/// other C libraries lack and do without). The runtime likewise keeps its heap until something makes it
/// collect.</remarks>
internal static class FreedMemory
{
    /// <summary>Freed bytes that are worth a walk through the allocator's lists.</summary>
    private const long WorthReturning = 4L * 1024 * 1024;

    /// <summary>Live objects that are moved to return the space between them: some tens of milliseconds.</summary>
    private const long MostMoved = 128L * 1024 * 1024;

    /// <summary>Between two of them; the first waits for so long too, as one closing seldom comes alone.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private static readonly nint Trim = LibC.Find("malloc_trim");

    private static long _freed;
    private static int _isScheduled;

    public static void Note(long bytes)
    {
        if (Interlocked.Add(ref _freed, bytes) < WorthReturning) return;
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0) _ = ReturnLaterAsync();
    }

    private static async Task ReturnLaterAsync()
    {
        await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        Interlocked.Exchange(ref _freed, 0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false); // beside whoever works
        TrimNative();
        await Task.Delay(Pause, TimeProvider.System).ConfigureAwait(false);
        Interlocked.Exchange(ref _isScheduled, 0);
        TrimManaged();
    }

    // Safety: int malloc_trim(size_t pad) of glibc, which any thread may call at any time.
    private static unsafe void TrimNative()
    {
        if (Trim != 0) ((delegate* unmanaged<nuint, int>)Trim)(0);
    }

    /// <summary>Stops all threads for as long as moving the live objects takes; so only where few live in much
    /// space.</summary>
    private static void TrimManaged()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Any);
        var live = info.HeapSizeBytes - info.FragmentedBytes;
        if (live <= MostMoved && info.TotalCommittedBytes - live >= 2 * WorthReturning)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
