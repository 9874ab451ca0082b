using System.Globalization;

namespace ProcInterrupt.Cli.Running;

/// <summary>Where what a run displays is written: <c>FOLDER/RUN/NUMBER.EXTENSION</c>, never over an existing file.</summary>
internal sealed class DisplayFolder
{
    private readonly string folder;
    private uint numberedRun;
    private int number;

    private DisplayFolder(string folder) => this.folder = folder;

    /// <summary>Makes the folder where it is missing, and tries whether it can be written.</summary>
    /// <exception cref="UsageException">It cannot be.</exception>
    public static DisplayFolder Open(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var trial = new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"--display-dir: files cannot be written to '{folder}': {refused.Message}");
        }

        return new DisplayFolder(folder);
    }

    /// <summary>Writes a file under the next number that is free.</summary>
    /// <param name="run">The run's number.</param>
    /// <param name="form">What is written.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public string Write(uint run, DisplayForm form)
    {
        var place = Path.Combine(folder, run.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(place);
        if (run != numberedRun)
        {
            (numberedRun, number) = (run, 0);
        }

        while (true)
        {
            var file = Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"{++number}{form.Extension}"));
            FileStream stream;
            try
            {
                stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
            }
            catch (IOException) when (Path.Exists(file))
            {
                continue;
            }

            using (stream)
            {
                stream.Write(form.Bytes);
            }

            return file;
        }
    }
}
