/* empty.c - does nothing, with all libraries of gpuplan linked: what remains of its memory is ours. */
int main(void)
{
    return 0;
}
