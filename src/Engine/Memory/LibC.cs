using System.Runtime.InteropServices;

namespace VectorCluster.Engine.Memory;

/// <summary>Functions of Linux's C library.</summary>
internal static class LibC
{
    /// <returns>Where the function is; 0: this system has none of that name.</returns>
    public static nint Find(string function) =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, function, out var address)
            ? address
            : 0;
}
