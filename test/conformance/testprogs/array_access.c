// A function that takes a struct with arrays.
#include <stdint.h>

struct A {
	int x[4];
	uint8_t y[4];
	struct { int n; } *z[2];
};

__attribute__((noinline)) int test_struct(struct A *a)
{
	return a->x[0];
}

__attribute__((noinline)) int test_array(int *a)
{
	return a[0];
}

int main(void)
{
	struct A a = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 0 } };
	return test_struct(&a) + test_array(a.x) == 2 ? 0 : 1;
}
