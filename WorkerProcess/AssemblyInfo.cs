using System.Runtime.Versioning;

// What is bound to it: the calls in Shared/Interrupts/Platform, Hosting/ProcessCalls and Delivery/ThreadStack, and /proc.
[assembly: SupportedOSPlatform("linux")]
