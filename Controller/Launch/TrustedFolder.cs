namespace ProcInterrupt.Launch;

/// <summary>Whether a folder is one in which no other user can put something else in the place of what is made there.</summary>
internal static class TrustedFolder
{
    /// <summary>Looks at the folder and at all that it is in.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>What is wrong, or null.</returns>
    /// <remarks>
    /// Whoever may write to one of them could move ours away and put one of his own there, with a socket that the worker would
    /// take for the controller's. So each is this user's or root's, and writable by others only with the sticky bit, as /tmp is.
    /// </remarks>
    public static string? DescribeFault(string path)
    {
        string resolved;
        try
        {
            resolved = Posix.ResolvePath(path);
        }
        catch (IOException exception)
        {
            return exception.Message;
        }

        for (var folder = resolved; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (DescribeOwnFault(folder) is { } fault)
            {
                return folder == path ? fault : $"{folder}: {fault}";
            }
        }

        return null;
    }

    private static string? DescribeOwnFault(string folder)
    {
        const UnixFileMode othersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows())
        {
            // No workers there yet.
            return null;
        }

        UnixFileMode mode;
        try
        {
            mode = File.GetUnixFileMode(folder);
        }
        catch (IOException exception)
        {
            return exception.Message;
        }

        if ((mode & othersWrite) != 0 && !mode.HasFlag(UnixFileMode.StickyBit))
        {
            return "others may write to it";
        }

        // Whom a folder belongs to is asked in a way of Linux.
        return !OperatingSystem.IsLinux() || Posix.GetOwner(folder) is var owner && (owner == 0 || owner == Posix.UserId)
            ? null
            : "it belongs to another user";
    }
}
